/* Bytes, pending writes, and what a cut leaves of them. */
#include "tests/crash/cutfile.h"

#include <string.h>

#include "base/mem.h"

enum { CUTFILE_SECTOR = 512 };

static void cutbytes_resize(struct cutbytes *b, size_t len)
{
	b->p = mem_resize(b->p, len);
	if (len > b->len)
		memset(b->p + b->len, 0, len - b->len);
	b->len = len;
}

static void cutbytes_write(struct cutbytes *b, size_t at, const void *p,
			   size_t len)
{
	if (at + len > b->len)
		cutbytes_resize(b, at + len);
	if (len > 0)
		memcpy(b->p + at, p, len);
}

void cutbytes_copy(struct cutbytes *to, const struct cutbytes *from)
{
	must(to != NULL && from != NULL);
	to->len = 0;
	cutbytes_write(to, 0, from->p, from->len);
}

void cutbytes_done(struct cutbytes *b)
{
	must(b != NULL);
	mem_free(b->p);
	*b = (struct cutbytes){ 0 };
}

static void cutfile_pend(struct cutfile *f, size_t at, const void *p,
			 size_t len)
{
	if (f->npending == f->cap_pending) {
		f->cap_pending = MAX(f->cap_pending * 2, 64);
		f->pending = mem_resize(f->pending,
					f->cap_pending * sizeof(f->pending[0]));
	}
	f->pending[f->npending++] =
		(struct cutpending){ at, len,
				     p != NULL ? mem_dup(p, len) : NULL };
}

static void cutfile_forget(struct cutfile *f)
{
	for (size_t i = 0; i < f->npending; i++)
		mem_free(f->pending[i].data);
	f->npending = 0;
}

void cutfile_done(struct cutfile *f)
{
	must(f != NULL);
	cutfile_forget(f);
	mem_free(f->pending);
	cutbytes_done(&f->current);
	cutbytes_done(&f->durable);
	*f = (struct cutfile){ 0 };
}

void cutfile_write(struct cutfile *f, size_t at, const void *p, size_t len)
{
	must(f != NULL && p != NULL);
	cutbytes_write(&f->current, at, p, len);
	cutfile_pend(f, at, p, len);
}

void cutfile_truncate(struct cutfile *f, size_t len)
{
	must(f != NULL);
	cutbytes_resize(&f->current, len);
	cutfile_pend(f, len, NULL, 0);
}

void cutfile_sync(struct cutfile *f)
{
	must(f != NULL);
	for (size_t i = 0; i < f->npending; i++) {
		const struct cutpending *w = &f->pending[i];
		if (w->data != NULL)
			cutbytes_write(&f->durable, w->at, w->data, w->len);
		else
			cutbytes_resize(&f->durable, w->at);
	}
	cutfile_forget(f);
}

static void cutfile_tear_write(struct cutfile *f, const struct cutpending *w,
			       uint64_t share, uint64_t *random)
{
	size_t end = w->at + w->len;

	for (size_t at = w->at; at < end;) {
		size_t next =
			MIN(end, at + CUTFILE_SECTOR - at % CUTFILE_SECTOR);
		if (cutfile_random(random) % 100 < share)
			cutbytes_write(&f->durable, at, w->data + (at - w->at),
				       next - at);
		at = next;
	}
}

void cutfile_tear(struct cutfile *f, uint64_t *random)
{
	must(f != NULL && random != NULL);

	/* Some cuts keep nearly all, some nearly nothing. */
	uint64_t share = cutfile_random(random) % 101;
	for (size_t i = 0; i < f->npending; i++) {
		const struct cutpending *w = &f->pending[i];
		if (w->data != NULL)
			cutfile_tear_write(f, w, share, random);
		else if (cutfile_random(random) % 100 < share)
			cutbytes_resize(&f->durable, w->at);
	}
	cutfile_forget(f);
	cutbytes_copy(&f->current, &f->durable);
}

void cutfile_set(struct cutfile *f, const struct cutbytes *content)
{
	must(f != NULL && content != NULL);
	cutfile_forget(f);
	cutbytes_copy(&f->current, content);
	cutbytes_copy(&f->durable, content);
}

uint64_t cutfile_random(uint64_t *x)
{
	must(x != NULL && *x != 0);
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}
