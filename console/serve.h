/* The way of a request to its handler. */
#pragma once

#include "console/request.h"

/* Headers are here: routes it, checks who asks. */
void serve_begin(struct request *r, const char *method);
/* false: cut the connection. */
bool serve_piece(struct request *r, struct str piece);
/* The body is whole. */
void serve_run(struct request *r);
