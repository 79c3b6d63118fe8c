/* What a template is compiled to: for parse, render and check only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "templates/filter.h"
#include "templates/parse.h"

enum op_kind {
	OP_TEXT, /* text as it stands */
	OP_VAR,  /* a variable through its filters */
	OP_IF,   /* to `jump` when the variable is not set */
	OP_JUMP  /* to `jump`: over the else branch */
};

/* Jumps only go forward, so that a program always ends. */
struct op {
	enum op_kind kind;
	uint16_t var;
	uint16_t jump;
	uint8_t n_filters;
	struct str text;
	struct filter filters[TEMPLATE_FILTERS_MAX];
};

struct var {
	struct str name;
	bool required;
};

struct template
{
	char *source; /* the views of all ops point into it */
	size_t len;
	struct op *ops;
	unsigned n_ops;
	struct var vars[TEMPLATE_VARS_MAX];
	unsigned n_vars;
};
