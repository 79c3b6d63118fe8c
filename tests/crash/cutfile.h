/* A file in memory: what is durable, what a reader sees, and the writes since
 * the last sync that are all that lies between. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cutbytes {
	uint8_t *p;
	size_t len;
};

void cutbytes_copy(struct cutbytes *to, const struct cutbytes *from);
void cutbytes_done(struct cutbytes *b);

/* One write since the last sync; data NULL: a truncate to `at`. */
struct cutpending {
	size_t at, len;
	uint8_t *data;
};

struct cutfile {
	struct cutbytes current; /* what a read gives */
	struct cutbytes durable;
	struct cutpending *pending;
	size_t npending, cap_pending;
};

void cutfile_done(struct cutfile *f);
void cutfile_write(struct cutfile *f, size_t at, const void *p, size_t len);
void cutfile_truncate(struct cutfile *f, size_t len);
void cutfile_sync(struct cutfile *f);
/* The power goes: of each write each 512-byte sector made it or not, whatever
 * came before or after. The file is then what is durable. */
void cutfile_tear(struct cutfile *f, uint64_t *random);
/* Its content from now on, all of it durable. */
void cutfile_set(struct cutfile *f, const struct cutbytes *content);

/* The next of a row of random numbers; *x is not 0. */
uint64_t cutfile_random(uint64_t *x);
