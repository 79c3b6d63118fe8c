/* References for what means something; marks for what no text should have. */
#include "proto/html.h"

#include "proto/text.h"

static const char *entity_of(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool is_control(uint32_t cp)
{
	return (cp < 0x20 && cp != '\n' && cp != '\t') ||
	       (cp >= 0x7f && cp < 0xa0) || cp == 0xfffe || cp == 0xffff ||
	       /* marks that turn the direction of what follows */
	       (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

void html_text(struct str s, struct buf *out)
{
	size_t at = 0;

	must(out != NULL);
	while (at < s.len) {
		size_t from = at;
		uint32_t cp = text_next(s, &at);
		const char *entity = entity_of(cp);

		if (entity != NULL)
			buf_z(out, entity);
		else if (cp == 0xfffd || is_control(cp))
			buf_z(out, "\xef\xbf\xbd");
		else
			buf_put(out, s.p + from, at - from);
	}
}
