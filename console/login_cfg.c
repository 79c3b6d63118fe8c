/* The rows of the section `login`. */
#include "console/login_cfg.h"

#define ROW(n, t, field, init, lo, hi, u, txt)                            \
	{                                                                 \
		.name = (n), .type = (t),                                 \
		.offset = offsetof(struct login_cfg, field),              \
		.initial = (init), .min = (lo), .max = (hi), .unit = (u), \
		.text = (txt)                                             \
	}

static const struct setting rows[] = {
	ROW("users_max", SETTING_INT, users_max, "10000", 1, 1000000, NULL,
	    "Users of all tenants."),
	ROW("keys_max", SETTING_INT, keys_max, "10000", 1, 1000000, NULL,
	    "API keys of all tenants, revoked ones included."),
	ROW("sessions_max", SETTING_INT, sessions_max, "10000", 1, 1000000,
	    NULL, "Sessions at once; more log-ins are 503."),
	ROW("sessions_per_user", SETTING_INT, sessions_per_user, "10", 1, 1000,
	    NULL,
	    "Sessions of one user; one more ends the one unused longest."),
	ROW("session_idle", SETTING_DURATION, session_idle, "30m", 1000,
	    2592000000, "ms", "A session unused for so long ends."),
	ROW("session_max", SETTING_DURATION, session_max, "12h", 1000,
	    2592000000, "ms", "A session ends so long after the log-in."),
	ROW("password_length", SETTING_INT, password_length, "12", 8, 64, NULL,
	    "Letters a password has at least."),
	ROW("password_passes", SETTING_INT, password_passes, "2", 1, 100, NULL,
	    "Passes of argon2id over its memory."),
	ROW("password_memory", SETTING_SIZE, password_memory, "64MB", 8192,
	    (int64_t)1 << 30, "bytes",
	    "Memory of one argon2id hash; a changed figure applies from the next log-in."),
	ROW("password_parallel", SETTING_INT, password_parallel, "2", 1, 16,
	    NULL, "Passwords hashed at once."),
	ROW("password_queue", SETTING_INT, password_queue, "64", 1, 10000, NULL,
	    "Passwords that wait to be hashed; more are 503."),
	ROW("tries", SETTING_INT, tries, "5", 1, 1000, NULL,
	    "Wrong passwords for one name from one address, or one browser "
	    "known to the user, before it must wait."),
	ROW("name_tries", SETTING_INT, name_tries, "50", 1, 100000, NULL,
	    "Wrong passwords for one name from all unknown places before all of "
	    "those must wait; browsers known to the user need not."),
	ROW("wait", SETTING_DURATION, wait, "30s", 100, 3600000, "ms",
	    "The first wait; each wrong password after it doubles it."),
	ROW("wait_max", SETTING_DURATION, wait_max, "15m", 1000, 86400000, "ms",
	    "The longest wait; as long after the last one all is forgotten."),
	ROW("tries_tracked", SETTING_INT, tries_tracked, "10000", 100, 10000000,
	    NULL, "Places and names whose wrong passwords are counted."),
	ROW("cookie_secure", SETTING_BOOL, cookie_secure, "no", 0, 0, NULL,
	    "Is the console reached by TLS that ends before this node? "
	    "With tls_cert cookies are Secure in any case."),
};

const struct setting_section login_section = {
	.name = "login",
	.titled = false,
	.size = sizeof(struct login_cfg),
	.rows = rows,
	.count = ARRAY_LEN(rows),
	.text = "People who log in: their passwords and sessions, and how many of them.",
};
