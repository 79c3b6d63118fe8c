/* What every room asks of a message before it answers. */
#include "care/heard.h"

#include "proto/text.h"

struct str heard_tenant(const struct gateway *g, const struct inbound *in)
{
	must(g != NULL && in != NULL);
	return in->tenant.len == 0 || str_eqz(in->tenant, "*")
		       ? str_of(gateway_tenant(g))
		       : in->tenant;
}

bool heard_chinese(const struct gateway *g, struct str tenant,
		   const struct inbound *in)
{
	must(g != NULL && in != NULL);
	struct str lang = gateway_lang(g, tenant, in->from);

	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : text_has_han(in->text);
}
