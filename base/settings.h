/* Settings: one typed table per section; the file is read by libconfuse. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum setting_type {
	SETTING_STR,      /* char *, owned by the struct; never NULL */
	SETTING_SECRET,   /* as STR; "@file:/path" and "${ENV}" resolved */
	SETTING_INT,      /* int64_t */
	SETTING_BOOL,     /* bool */
	SETTING_DURATION, /* int64_t ms; written 500ms 10s 5m 24h 155d */
	SETTING_SIZE,     /* int64_t bytes; written 512 64KB 8MB 1GB */
	SETTING_LIST,     /* struct setting_list of strings */
	SETTING_ENUM,     /* int; index into names */
};

struct setting_list {
	char **v;
	size_t len;
};

/* One row. Defaults and bounds are text in the file's own notation. */
struct setting {
	const char *name;
	enum setting_type type;
	size_t offset;       /* in the section's struct */
	const char *initial; /* default; NULL: must be given */
	/* of INT, DURATION, SIZE, and LIST lengths; both 0: unbounded */
	int64_t min, max;
	const char *const *names; /* ENUM: NULL-terminated */
	const char *unit;         /* for the reference; NULL if none */
	bool live;                /* may change by reload */
	const char *text;         /* one sentence for the reference */
};

/* A kind of section: `smpp carrier-a { ... }` (titled) or `http { ... }`. */
struct setting_section {
	const char *name;
	bool titled;
	size_t size; /* of the struct that receives it */
	const struct setting *rows;
	size_t count;
	const char *text;
};

/* A section as read. */
struct section {
	const struct setting_section *kind;
	char *title; /* "" when not titled */
	void *value; /* kind->size bytes, filled */
	unsigned line;
};

struct settings {
	struct section *v;
	size_t len;
};

/* A list of faults, each "file:12: what; did you mean 'window'?" */
struct faults {
	char **v;
	size_t len;
};

/*
 * Reads a whole file against the table of kinds. Every fault is reported at
 * once, in order of line, unknown names with the nearest valid one. 0, or
 * -EINVAL with faults; -ENOENT when the file cannot be opened. With faults
 * *out holds what could be read, for who checks on: values at fault are zero,
 * texts their default or "". settings_done it in any case. Opens nothing but
 * this file and @file: secrets.
 */
MUST_USE int settings_read(const char *path,
			   const struct setting_section *kinds, size_t nkinds,
			   struct settings *out, struct faults *faults);
/* As above from text; `path` only names it in faults. */
MUST_USE int settings_parse(const char *text, const char *path,
			    const struct setting_section *kinds, size_t nkinds,
			    struct settings *out, struct faults *faults);
void settings_done(struct settings *s);
void faults_done(struct faults *f);
void faults_add(struct faults *f, const char *fmt, ...) PRINTF(2, 3);

/* First section of that kind and title (title NULL: any), or NULL. */
const struct section *settings_find(const struct settings *s, const char *kind,
				    const char *title);
/* Walk of one kind: start with i = 0; NULL at the end. */
const struct section *settings_next(const struct settings *s, const char *kind,
				    size_t *i);

/* Sections that come from no file: empty at first, then row by row, each set or
 * left to its default (-EINVAL: it has none). Values as a file has them. */
void section_init(struct section *s, const struct setting_section *kind,
		  struct str title);
MUST_USE int section_set(struct section *s, const struct setting *row,
			 const char *const *v, size_t n, struct err *err);
MUST_USE int section_default(struct section *s, const struct setting *row,
			     struct err *err);
void section_done(struct section *s);
/* A value as a file has it; of rows that are no list and no secret. */
void section_text(const struct section *s, const struct setting *row,
		  struct buf *out);

/* Which live rows differ between two values of a kind; rows that differ but
 * are not live are appended to `frozen` as "name". Used by reload. */
bool settings_differ(const struct setting_section *kind, const void *a,
		     const void *b, struct faults *frozen);

/* Appends "; did you mean 'x'?" when a name is near. names: n of them. */
void settings_hint(struct buf *out, struct str given, const char *const *names,
		   size_t n);

/* The commented reference file: every kind, every row with unit, range,
 * default and text. */
void settings_reference(const struct setting_section *kinds, size_t nkinds,
			struct buf *out);

/* "10s" -> ms and "8MB" -> bytes, for other parsers. -EBADMSG. */
MUST_USE int settings_duration(struct str s, int64_t *ms);
MUST_USE int settings_size(struct str s, int64_t *bytes);
