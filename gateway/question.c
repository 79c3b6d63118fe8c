/* How a rule objects, and what it notes for who wants it explained. */
#include "gateway/question.h"

#include <stdarg.h>
#include <stdio.h>

bool question_deny(struct question *q, const char *reason,
		   const struct pack *by)
{
	q->d->verdict = VERDICT_DENY;
	q->d->reason = str_of(reason);
	if (q->row != NULL) {
		q->row->reason = reason;
		q->row->by = by == NULL ? "class" : by->label;
	}
	return true;
}

bool question_defer(struct question *q, const char *reason, int64_t until_ms,
		    const struct pack *by)
{
	IGNORE(question_deny(q, reason, by));
	q->d->verdict = VERDICT_DEFER;
	q->d->not_before_ms = until_ms;
	return true;
}

void question_note(struct question *q, const struct pack *by, const char *fmt,
		   ...)
{
	va_list ap;

	if (q->row == NULL)
		return;
	q->row->by = by == NULL ? "class" : by->label;
	va_start(ap, fmt);
	(void)vsnprintf(q->row->detail, sizeof(q->row->detail), fmt, ap);
	va_end(ap);
}
