/* Five characters that mean something, as references. */
#include "proto/html.h"

void html_text(struct str s, struct buf *out)
{
	must(out != NULL);
	for (size_t i = 0; i < s.len; i++) {
		switch (s.p[i]) {
		case '&':
			buf_z(out, "&amp;");
			break;
		case '<':
			buf_z(out, "&lt;");
			break;
		case '>':
			buf_z(out, "&gt;");
			break;
		case '"':
			buf_z(out, "&quot;");
			break;
		case '\'':
			buf_z(out, "&#39;");
			break;
		default:
			buf_c(out, s.p[i]);
		}
	}
}
