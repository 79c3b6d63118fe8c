/*
 * Review: what customers say of what a version sent. When the share of
 * opt-outs or complaints passes its threshold, an active version turns
 * under_review: no campaign uses it until another person has looked.
 */
#pragma once

#include "base/loop.h"
#include "campaigns/library.h"
#include "gateway/gateway.h"

struct review;

/* Reads the tallies from the store: before serving, and before the gateway
 * opens. The library outlives it. -EIO. */
MUST_USE int review_open(struct review **out, struct loop *loop,
			 struct library *library, struct err *err);
/* What the gateway is to tell; lives as long as the review. */
const struct gateway_listener *review_listener(struct review *r);
/* Writes down what is not yet; nothing is counted after it. Before the
 * gateway closes. */
void review_stop(struct review *r);
void review_close(struct review **rp);
/* A text that complains: 投诉, 举报, JB, complain ... at its start. */
bool review_complains(struct str text);
