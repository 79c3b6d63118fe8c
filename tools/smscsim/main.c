/* smscsim: an SMSC on 127.0.0.1 for the demo and for tests. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "tools/smscsim/control.h"

struct options {
	struct knobs knobs;
	int port, control;
	const char *log;
	struct tls_cfg tls; /* without files: plain */
};

static void usage(FILE *f)
{
	struct buf b;

	buf_init(&b, BUF_NO_LIMIT);
	buf_z(&b,
	      "smscsim: an SMSC for the demo and for tests\n"
	      "  --port N          SMPP port on 127.0.0.1; 0: any free one\n"
	      "  --control N       control port; 0: any free one\n"
	      "  --log FILE        one line of JSON per submit; -: off\n"
	      "  --tls-cert FILE   speak TLS with this certificate (PEM)\n"
	      "  --tls-key FILE    and this key\n"
	      "  --tls-ca FILE     want clients' certificates signed by these\n");
	knobs_help(&b);
	(void)fwrite(b.p, 1, b.len, f);
	buf_done(&b);
}

static int option_port(struct str value, int *out, struct err *err)
{
	uint64_t n;

	if (str_u64(value, 65535, &n) < 0)
		return err_set(err, -EINVAL, "'%.*s' is no port",
			       STR_ARGS(value));
	*out = (int)n;
	return 0;
}

static int option(struct options *o, struct str name, const char *value,
		  struct err *err)
{
	if (str_eqz(name, "port"))
		return option_port(str_of(value), &o->port, err);
	if (str_eqz(name, "control"))
		return option_port(str_of(value), &o->control, err);
	if (str_eqz(name, "log")) {
		o->log = strcmp(value, "-") == 0 ? NULL : value;
		return 0;
	}
	if (str_eqz(name, "tls-cert"))
		o->tls.cert_file = value;
	else if (str_eqz(name, "tls-key"))
		o->tls.key_file = value;
	else if (str_eqz(name, "tls-ca"))
		o->tls.ca_file = value;
	else
		return knobs_set(&o->knobs, name, str_of(value), err);
	return 0;
}

static int options_read(struct options *o, int argc, char **argv,
			struct err *err)
{
	*o = (struct options){ 0 };
	knobs_init(&o->knobs);
	for (int i = 1; i < argc; i += 2) {
		struct str name = str_of(argv[i]);
		if (!str_starts(name, STR("--")) || i + 1 == argc)
			return err_set(err, -EINVAL, "%s: write --option VALUE",
				       argv[i]);
		int rc = option(o, str_from(name, 2), argv[i + 1], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void on_signal(void *owner, int signo UNUSED)
{
	loop_stop(owner);
}

static int serve(struct loop *l, const struct options *o, int log_fd,
		 struct err *err)
{
	AUTO(sim_close) struct sim *sim = NULL;
	AUTO(control_close) struct control *control = NULL;

	bool secured = o->tls.cert_file != NULL || o->tls.key_file != NULL ||
		       o->tls.ca_file != NULL;
	int rc = sim_open(&sim, l, &o->knobs, o->port, secured ? &o->tls : NULL,
			  log_fd, err);
	if (rc == 0)
		rc = control_open(&control, l, o->control, sim, err);
	if (rc < 0)
		return rc;
	printf("smscsim: listening on %d control %d\n", sim_port(sim),
	       control_port(control));
	(void)fflush(stdout);
	loop_run(l);
	return 0;
}

static int run(const struct options *o, struct err *err)
{
	AUTO(loop_close) struct loop *l = NULL;
	int fd = -1;

	if (o->log != NULL) {
		fd = open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			  0644);
		if (fd < 0)
			return err_set(err, -errno, "cannot write %s: %s",
				       o->log, strerror(errno));
	}
	int rc = loop_open(&l, NULL);
	if (rc < 0)
		return err_set(err, rc, "no event loop");
	struct loop_signal *term = loop_signal_new(l, SIGTERM, on_signal, l);
	struct loop_signal *intr = loop_signal_new(l, SIGINT, on_signal, l);
	rc = serve(l, o, fd, err);
	loop_signal_free(&term);
	loop_signal_free(&intr);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o;
	struct err err;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	log_open(2, LOG_WARN);
	if (options_read(&o, argc, argv, &err) < 0) {
		fprintf(stderr, "smscsim: %s\n", err.text);
		return 2;
	}
	if (run(&o, &err) < 0) {
		fprintf(stderr, "smscsim: %s\n", err.text);
		return 1;
	}
	return 0;
}
