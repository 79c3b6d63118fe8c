/* What the rooms of console/ share: the console itself and its peers. For
 * the .c files of this folder; the daemon uses server.h. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stats.h"
#include "console/audit.h"
#include "console/keys.h"
#include "console/passwords.h"
#include "console/tries.h"
#include "console/server.h"

#define CONSOLE_MAGIC 0x636f6e73u
#define REQUESTS_SPARE 256

struct campaigns;
struct route;
struct stream_hub;
struct cases;
struct unanswered;
struct surveys;
struct triggers;
struct reminders;
struct events;
struct callbacks;
struct alerts;
struct orders;
struct oncall;
struct findings;

/* What a connection is doing; each but the last has one absolute deadline. */
enum peer_phase {
	PEER_HEAD, /* request line and headers come in */
	PEER_BODY,
	PEER_WORK,   /* the answer is in the making: ours to hurry */
	PEER_ANSWER, /* the peer takes the answer */
	PEER_IDLE,   /* between two requests */
	PEER_STREAM, /* a live stream */
	PEER_PHASES
};

struct peer {
	struct list node; /* of its phase, oldest deadline first */
	struct MHD_Connection *mhd;
	uint64_t deadline_ms;
	uint64_t address;
	enum peer_phase phase;
	int fd;
};

struct console {
	uint32_t magic;
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct campaigns *campaigns;
	struct store *store;
	struct library *library; /* NULL: no templates */
	struct triggers *triggers;
	struct surveys *surveys; /* NULL: none */
	struct cases *cases;     /* NULL: none */
	struct unanswered *unanswered;
	struct reminders *reminders;
	struct events *events;
	struct callbacks *callbacks;
	struct alerts *alerts;
	struct orders *orders;
	struct oncall *oncall;
	struct findings *findings;
	const struct settings *settings;
	const struct http_cfg *http;
	const struct login_cfg *login;
	const struct report_cfg *report;
	struct settings defaults; /* where the file says nothing */
	char *node, *version;
	char *body_key;
	const char *tenant;  /* the default one */
	const char *country; /* for numbers written with one 0 */
	int64_t started_ms;

	struct keys *keys;
	struct users *users;
	struct logins *logins;
	struct passwords *passwords;
	struct tries *tries; /* wrong passwords */
	struct audit *audit;
	struct id_source ids;
	struct map *guesses; /* address -> wrong Kannel passwords */
	uint64_t guess_minute;
	const struct route *routes;
	size_t nroutes;
	struct stream_hub *hub;

	struct MHD_Daemon *mhd;
	struct loop_fd *epoll;
	struct loop_timer *timeout, *sweep;
	struct loop_hook *end;
	int port;
	bool kick; /* MHD has work that no descriptor tells of */
	bool stopping;

	struct list phases[PEER_PHASES];
	uint64_t phase_ms[PEER_PHASES]; /* 0: no deadline */
	struct map *addresses; /* key of an address -> its connections */
	size_t npeers;

	struct list live;  /* requests */
	struct list spare; /* to be used again */
	size_t nspare;
	struct stat *answers[6]; /* by hundreds */
	struct stat *send_us;
	struct stat *cut; /* connections past a deadline */
};
