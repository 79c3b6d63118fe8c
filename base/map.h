/* Hash maps: 64-bit keys to pointers or numbers, and text keys to pointers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * struct map: uint64_t -> uint64_t, open addressing, 16 bytes a slot, grows
 * by half at 7/8 full, never shrinks below its start. Any key value is allowed.
 * Growth moves everything at once (1M entries: about 20 ms).
 */
struct map;

struct map *map_new(void);
void map_free(struct map **mp);
size_t map_len(const struct map *m);
/* Room for n entries, so that it does not grow until then. */
void map_reserve(struct map *m, size_t n);
void map_set(struct map *m, uint64_t key, uint64_t value);
bool map_get(const struct map *m, uint64_t key, uint64_t *value);
bool map_del(struct map *m, uint64_t key, uint64_t *old); /* old may be NULL */
/* Bytes held, for memory reports. */
size_t map_bytes(const struct map *m);

/* Pointers as values; map_ptr gives NULL when the key is absent. */
void map_set_ptr(struct map *m, uint64_t key, void *p);
void *map_ptr(const struct map *m, uint64_t key);

/* Walk: start with *pos = 0; false at the end. Do not change the map while
 * walking, except map_del of the key just given is NOT allowed either. */
bool map_next(const struct map *m, size_t *pos, uint64_t *key, uint64_t *value);

/* struct dict: text key (copied) -> pointer (borrowed). */
struct dict;

struct dict *dict_new(void);
void dict_free(struct dict **dp);
size_t dict_len(const struct dict *d);
/* Returns the pointer that was there, or NULL. value must not be NULL. */
void *dict_set(struct dict *d, struct str key, void *value);
void *dict_get(const struct dict *d, struct str key);
void *dict_del(struct dict *d, struct str key);
bool dict_next(const struct dict *d, size_t *pos, struct str *key,
	       void **value);
