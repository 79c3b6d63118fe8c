/* What a survey says of itself. */
#include <errno.h>

#include "base/mem.h"
#include "campaigns/survey.h"

struct answer_scale survey_scale(const struct survey_question *q)
{
	must(q != NULL);
	return (struct answer_scale){ q->kind, q->options, q->n };
}

int survey_question_find(const struct survey *s, struct str id)
{
	must(s != NULL);
	for (unsigned i = 0; i < s->n; i++)
		if (s->v[i].id != NULL && str_eqz(id, s->v[i].id))
			return (int)i;
	return -ENOENT;
}

int survey_next(const struct survey_question *q, unsigned option)
{
	must(q != NULL);
	int score = option < q->n ? q->options[option].score : 0;

	for (unsigned i = 0; i < q->nbranches; i++)
		if (score >= q->branches[i].min && score <= q->branches[i].max)
			return q->branches[i].go;
	return q->otherwise;
}

const char *survey_say(const struct survey_text *t, bool zh)
{
	must(t != NULL);
	const char *first = zh ? t->zh : t->en, *second = zh ? t->en : t->zh;

	if (first != NULL && first[0] != '\0')
		return first;
	return second == NULL ? "" : second;
}

void survey_tokens(const struct survey_question *q, struct buf *out)
{
	must(q != NULL && out != NULL);
	if (q->n > 3 && (q->kind == ANSWER_CSAT || q->kind == ANSWER_NPS ||
			 q->kind == ANSWER_CES)) {
		buf_str_put(out, q->options[0].token);
		buf_c(out, '-');
		buf_str_put(out, q->options[q->n - 1].token);
		return;
	}
	for (unsigned i = 0; i < q->n; i++) {
		if (i > 0)
			buf_z(out, ", ");
		buf_str_put(out, q->options[i].token);
	}
}
