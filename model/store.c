/* The store's calls as a table: names, arguments and columns. */
#include "model/store.h"

const struct store_call_row store_calls[STORE_CALLS] = {
#define CALL(name, kind, args, columns) \
	[STORE_##name] = { #name, STORE_##kind, args, columns },
#include "model/calls.def"
#undef CALL
};
