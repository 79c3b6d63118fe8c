/* The channels that answers came on, by number: a session has one for each of
 * its answers, and there are few of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct survey_channels;

#define SURVEY_CHANNEL_UNKNOWN 0 /* of answers before channels were kept */
#define SURVEY_CHANNEL_MAX 32    /* bytes of a name */
#define SURVEY_CHANNELS_MOST 250
#define SURVEY_CHANNEL_OTHER "other" /* all beyond the most */

/* A word of a-z, 0-9, '_' and '-'. */
bool survey_channel_ok(struct str name);

/* most: names that are told apart, 1 to SURVEY_CHANNELS_MOST. */
struct survey_channels *survey_channels_new(unsigned most);
void survey_channels_free(struct survey_channels **cp);
uint8_t survey_channel(struct survey_channels *c, struct str name);
/* "": unknown. Lives as long as c. */
const char *survey_channel_name(const struct survey_channels *c,
				uint8_t number);
