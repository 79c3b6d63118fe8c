/* A page under way, and what its parts are put together from. */
#pragma once

#include "reports/report_impl.h"

struct page {
	const struct report *r;
	enum report_lang lang;
	struct buf *out;
};

void page_word(const struct page *p, enum report_word w);
/* <tag>word</tag> */
void page_cell(const struct page *p, const char *tag, enum report_word w);
/* The name of a figure, and its number in the catalogue. */
void page_kpi(const struct page *p, const struct kpi *k);
void page_value(const struct page *p, const struct kpi *k,
		const struct kpi_value *v);
/* Green or red by what is better; nothing without one to compare with. */
void page_change(const struct page *p, const struct report_line *l);
/* "≥ 98.00 %", and whether it was met. */
void page_target(const struct page *p, const struct report_line *l);

/* report_glance.c: what a minute is enough for. */
void page_glance(const struct page *p);
