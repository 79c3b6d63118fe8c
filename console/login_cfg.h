/* The section `login`: people, their passwords and their sessions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"

struct login_cfg {
	int64_t users_max, keys_max, sessions_max, sessions_per_user;
	int64_t session_idle, session_max; /* ms */
	int64_t password_length;           /* letters at least */
	int64_t password_passes;
	int64_t password_memory;   /* bytes */
	int64_t password_parallel; /* checks at once */
	int64_t password_queue;
	int64_t tries, name_tries; /* wrong ones before waiting begins */
	int64_t wait, wait_max;    /* ms */
	int64_t tries_tracked;
	bool cookie_secure;
};

extern const struct setting_section login_section;
