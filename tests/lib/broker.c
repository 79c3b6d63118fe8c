/* A real mosquitto, and a device on it, for tests. */
#include "tests/lib/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { BROKER_WAIT_MS = 5000 };

struct broker {
	pid_t pid;
	int port;
	char dir[64];
	char conf[96];
};

static int broker_free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0);
	must(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	close(fd);
	return ntohs(a.sin_port);
}

static bool broker_answers(const struct broker *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)b->port);
	bool ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return ok;
}

void broker_again(struct broker *b)
{
	uint64_t until = clock_mono_ms(&clock_real) + BROKER_WAIT_MS;

	must(b->pid == 0);
	b->pid = fork();
	must(b->pid >= 0);
	if (b->pid == 0) {
		/* A test that dies takes its broker along. */
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		int null = open("/dev/null", O_RDWR);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execlp("mosquitto", "mosquitto", "-c", b->conf, NULL);
		(void)execl("/usr/sbin/mosquitto", "mosquitto", "-c", b->conf,
			    NULL);
		_exit(127);
	}
	while (!broker_answers(b)) {
		must(clock_mono_ms(&clock_real) < until);
		must(waitpid(b->pid, NULL, WNOHANG) == 0);
		(void)usleep(5000);
	}
}

struct broker *broker_start(const char *more)
{
	struct broker *b = mem_new(struct broker);

	b->port = broker_free_port();
	IGNORE(str_copy(b->dir, sizeof(b->dir), STR("/tmp/brokerXXXXXX")));
	must(mkdtemp(b->dir) != NULL);
	(void)snprintf(b->conf, sizeof(b->conf), "%s/conf", b->dir);
	FILE *f = fopen(b->conf, "w");
	must(f != NULL);
	(void)fprintf(f,
		      "user root\nlistener %d 127.0.0.1\nlog_type none\n"
		      "persistence true\npersistence_location %s/\n",
		      b->port, b->dir);
	(void)fprintf(f, "%s\n", more != NULL ? more : "allow_anonymous true");
	must(fclose(f) == 0);
	broker_again(b);
	return b;
}

int broker_port(const struct broker *b)
{
	return b->port;
}

void broker_kill(struct broker *b)
{
	if (b->pid == 0)
		return;
	(void)kill(b->pid, SIGKILL);
	(void)waitpid(b->pid, NULL, 0);
	b->pid = 0;
}

void broker_freeze(struct broker *b, bool frozen)
{
	must(b->pid != 0);
	(void)kill(b->pid, frozen ? SIGSTOP : SIGCONT);
}

void broker_stop(struct broker **bp)
{
	struct broker *b = TAKE(*bp);
	char path[128];

	if (b == NULL)
		return;
	broker_kill(b);
	(void)snprintf(path, sizeof(path), "%s/mosquitto.db", b->dir);
	(void)unlink(path);
	(void)unlink(b->conf);
	(void)rmdir(b->dir);
	mem_free(b);
}

/* ---- a device -------------------------------------------------------------- */

struct device {
	struct mosquitto *m;
	bool connected;
	bool subscribed;
	unsigned acked;
	size_t n;
	struct device_message v[DEVICE_MAX];
};

static void device_connected(struct mosquitto *m UNUSED, void *owner, int rc)
{
	((struct device *)owner)->connected = rc == 0;
}

static void device_granted(struct mosquitto *m UNUSED, void *owner,
			   int mid UNUSED, int n UNUSED, const int *v UNUSED)
{
	((struct device *)owner)->subscribed = true;
}

static void device_published(struct mosquitto *m UNUSED, void *owner,
			     int mid UNUSED)
{
	((struct device *)owner)->acked++;
}

static void device_came(struct mosquitto *m UNUSED, void *owner,
			const struct mosquitto_message *msg,
			const mosquitto_property *v)
{
	struct device *d = owner;
	void *correlation = NULL;
	uint16_t len = 0;

	must(d->n < DEVICE_MAX);
	struct device_message *x = &d->v[d->n++];
	IGNORE(str_copy(x->topic, sizeof(x->topic), str_of(msg->topic)));
	IGNORE(str_copy(x->payload, sizeof(x->payload),
			str_bytes(msg->payload, (size_t)msg->payloadlen)));
	x->retained = msg->retain;
	if (mosquitto_property_read_binary(v, MQTT_PROP_CORRELATION_DATA,
					   &correlation, &len, false) != NULL)
		IGNORE(str_copy(x->correlation, sizeof(x->correlation),
				str_bytes(correlation, len)));
	free(correlation);
}

struct device *device_open(const struct broker *b, const char *id,
			   const char *const *filters)
{
	struct device *d = mem_new(struct device);
	uint64_t until = clock_mono_ms(&clock_real) + BROKER_WAIT_MS;

	must(mosquitto_lib_init() == MOSQ_ERR_SUCCESS);
	d->m = mosquitto_new(id, true, d);
	must(d->m != NULL);
	must(mosquitto_int_option(d->m, MOSQ_OPT_PROTOCOL_VERSION,
				  MQTT_PROTOCOL_V5) == 0);
	mosquitto_connect_callback_set(d->m, device_connected);
	mosquitto_message_v5_callback_set(d->m, device_came);
	mosquitto_subscribe_callback_set(d->m, device_granted);
	mosquitto_publish_callback_set(d->m, device_published);
	must(mosquitto_connect(d->m, "127.0.0.1", b->port, 60) == 0);
	while (!d->connected) {
		must(clock_mono_ms(&clock_real) < until);
		must(mosquitto_loop(d->m, 5, 1) == MOSQ_ERR_SUCCESS);
	}
	for (size_t i = 0; filters != NULL && filters[i] != NULL; i++) {
		d->subscribed = false;
		must(mosquitto_subscribe(d->m, NULL, filters[i], 1) == 0);
		while (!d->subscribed) {
			must(clock_mono_ms(&clock_real) < until);
			must(mosquitto_loop(d->m, 5, 1) == MOSQ_ERR_SUCCESS);
		}
	}
	return d;
}

void device_turn(struct device *d)
{
	(void)mosquitto_loop(d->m, 0, 1);
	(void)mosquitto_loop(d->m, 0, 1);
}

size_t device_count(const struct device *d)
{
	return d->n;
}

const struct device_message *device_at(const struct device *d, size_t i)
{
	must(i < d->n);
	return &d->v[i];
}

void device_publish(struct device *d, const char *topic, const char *payload,
		    const char *response, const char *correlation)
{
	mosquitto_property *v = NULL;

	if (response != NULL)
		must(mosquitto_property_add_string(&v, MQTT_PROP_RESPONSE_TOPIC,
						   response) == 0);
	if (correlation != NULL)
		must(mosquitto_property_add_binary(
			     &v, MQTT_PROP_CORRELATION_DATA, correlation,
			     (uint16_t)strlen(correlation)) == 0);
	must(mosquitto_publish_v5(d->m, NULL, topic, (int)strlen(payload),
				  payload, 1, false, v) == 0);
	mosquitto_property_free_all(&v);
}

unsigned device_acked(const struct device *d)
{
	return d->acked;
}

void device_close(struct device **dp)
{
	struct device *d = TAKE(*dp);

	if (d == NULL)
		return;
	(void)mosquitto_disconnect(d->m);
	mosquitto_destroy(d->m);
	mem_free(d);
}
