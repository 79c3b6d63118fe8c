/* Forms: a body application/x-www-form-urlencoded. */
#include <errno.h>

#include "console/kannel.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '%' && s.len - i > 2 && digit(s.p[i + 1]) >= 0 &&
		    digit(s.p[i + 2]) >= 0) {
			buf_c(out, (char)(digit(s.p[i + 1]) << 4 |
					  digit(s.p[i + 2])));
			i += 2;
		} else {
			buf_c(out, s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
}

int form_get(struct str form, const char *name, struct buf *out)
{
	must(name != NULL && out != NULL);
	while (form.len > 0) {
		struct str pair, key;
		form = str_cut(form, '&', &pair);
		struct str value = str_cut(pair, '=', &key);
		if (!str_eqz(key, name))
			continue;
		unescape(value, out);
		return 0;
	}
	return -ENOENT;
}
