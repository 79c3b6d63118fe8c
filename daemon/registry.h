/* The one list of implementations: channels and the settings of all. */
#pragma once

#include <stddef.h>

#include "base/settings.h"
#include "model/channel.h"

/* A new channel is one row here. */
extern const struct channel_ops *const registry_channels[];
extern const size_t registry_nchannels;

#define REGISTRY_SECTIONS_MAX 48
/* Every section a configuration may hold; returns how many. */
size_t registry_sections(struct setting_section out[REGISTRY_SECTIONS_MAX]);
