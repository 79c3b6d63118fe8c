/* Cells: typed values on their way to and from the store's tables. */
#pragma once

#include <stdint.h>

#include "base/str.h"

enum cell_type { CELL_NULL, CELL_INT, CELL_TEXT, CELL_BLOB };

struct cell {
	enum cell_type type;
	int64_t i;
	struct str s;
};

#define CELL_N ((struct cell){ CELL_NULL, 0, STR_NONE })
#define CELL_I(v) ((struct cell){ CELL_INT, (int64_t)(v), STR_NONE })
#define CELL_T(v) ((struct cell){ CELL_TEXT, 0, (v) })
#define CELL_Z(z) ((struct cell){ CELL_TEXT, 0, str_of(z) })
#define CELL_B(v) ((struct cell){ CELL_BLOB, 0, (v) })

#define ROW_MAX 28

/* A row of a result; cells are borrowed for the call that shows it. */
struct row {
	unsigned n;
	struct cell v[ROW_MAX];
};

static inline int64_t row_i(const struct row *r, unsigned i)
{
	return i < r->n ? r->v[i].i : 0;
}

static inline struct str row_s(const struct row *r, unsigned i)
{
	return i < r->n ? r->v[i].s : STR_NONE;
}
