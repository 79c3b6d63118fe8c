/* What the parts of a page are put together from. */
#include "reports/report_page.h"

#include "proto/html.h"

void page_word(const struct page *p, enum report_word w)
{
	html_text(str_of(report_word(w, p->lang)), p->out);
}

void page_cell(const struct page *p, const char *tag, enum report_word w)
{
	buf_f(p->out, "<%s>", tag);
	page_word(p, w);
	buf_f(p->out, "</%s>", tag);
}

void page_kpi(const struct page *p, const struct kpi *k)
{
	html_text(str_of(kpi_name(k, p->lang)), p->out);
	buf_f(p->out, " <small>%s</small>", k->id);
}

void page_value(const struct page *p, const struct kpi *k,
		const struct kpi_value *v)
{
	if (v->known)
		report_say(k, v->value, p->lang, p->out);
	else
		buf_z(p->out, "<span class=\"none\">–</span>");
}

void page_change(const struct page *p, const struct report_line *l)
{
	static const char *const kinds[] = { "bad", "", "good" };

	if (!l->compared)
		return;
	buf_f(p->out, "<span class=\"%s\">", kinds[report_better(l) + 1]);
	report_say_change(l->kpi, l->change, p->lang, p->out);
	buf_z(p->out, "</span>");
}

void page_target(const struct page *p, const struct report_line *l)
{
	if (l->target == NULL)
		return;
	buf_f(p->out, "%s ", l->target->least ? "≥" : "≤");
	report_say(l->kpi, l->target->value, p->lang, p->out);
	buf_f(p->out, " <span class=\"%s\">", l->met ? "good" : "bad");
	page_word(p, l->met ? WORD_MET : WORD_MISSED);
	buf_z(p->out, "</span>");
}
