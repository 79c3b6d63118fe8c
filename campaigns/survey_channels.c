/* Names of channels, each with a number. */
#include "campaigns/survey_channels.h"

#include <string.h>

#include "base/mem.h"

struct survey_channels {
	unsigned most, n; /* n: the unknown one and "other", too */
	char names[SURVEY_CHANNELS_MOST + 2][SURVEY_CHANNEL_MAX + 1];
};

enum { OTHER = 1, FIRST = 2 };

bool survey_channel_ok(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] == '\0' ||
		    strchr("abcdefghijklmnopqrstuvwxyz0123456789_-",
			   name.p[i]) == NULL)
			return false;
	return name.len > 0 && name.len <= SURVEY_CHANNEL_MAX;
}

struct survey_channels *survey_channels_new(unsigned most)
{
	must(most > 0 && most <= SURVEY_CHANNELS_MOST);
	struct survey_channels *c = mem_new(struct survey_channels);

	c->most = most;
	c->n = FIRST;
	IGNORE(str_copy(c->names[OTHER], sizeof(c->names[OTHER]),
			STR(SURVEY_CHANNEL_OTHER)));
	return c;
}

void survey_channels_free(struct survey_channels **cp)
{
	mem_free(TAKE(*cp));
}

uint8_t survey_channel(struct survey_channels *c, struct str name)
{
	must(c != NULL);
	if (name.len == 0)
		return SURVEY_CHANNEL_UNKNOWN;
	for (unsigned i = OTHER; i < c->n; i++)
		if (str_eqz(name, c->names[i]))
			return (uint8_t)i;
	if (!survey_channel_ok(name) || c->n == c->most + FIRST)
		return OTHER;
	IGNORE(str_copy(c->names[c->n], sizeof(c->names[c->n]), name));
	return (uint8_t)c->n++;
}

const char *survey_channel_name(const struct survey_channels *c, uint8_t number)
{
	must(c != NULL && number < c->n);
	return c->names[number];
}
