/* carillond: the daemon's command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/server.h"
#include "daemon/init.h"
#include "daemon/node.h"
#include "daemon/settings.h"

static const char usage[] =
	"usage: carillond --config FILE [--check] [--record DIR]\n"
	"       carillond init --data DIR [--key-file FILE]\n"
	"       carillond --reference\n"
	"       carillond --roles\n"
	"       carillond hash-password <PASSWORD-FILE\n";

static int bad_usage(void)
{
	fputs(usage, stderr);
	return 2;
}

static int run_init(int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' },
		{ "key-file", required_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	const char *dir = NULL, *key = NULL;
	struct err err = { "" };
	int c;

	while ((c = getopt_long(argc, argv, "d:k:", options, NULL)) != -1) {
		if (c == 'd')
			dir = optarg;
		else if (c == 'k')
			key = optarg;
		else
			return bad_usage();
	}
	if (dir == NULL || optind != argc)
		return bad_usage();
	if (init_run(dir, key, &err) != 0) {
		fprintf(stderr, "carillond: %s\n", err.text);
		return 1;
	}
	printf("carillond: %s is ready, the admin's key is in %s/admin.key\n",
	       dir, dir);
	return 0;
}

static int run_config(const char *path, int check)
{
	struct settings settings = { 0 };
	struct faults faults = { 0 };
	struct err err = { "" };
	int rc = daemon_settings_read(path, &settings, &faults);

	for (size_t i = 0; i < faults.len; i++)
		fprintf(stderr, "%s\n", faults.v[i]);
	if (rc == -ENOENT && faults.len == 0)
		fprintf(stderr, "carillond: %s cannot be opened\n", path);
	faults_done(&faults);
	if (rc != 0)
		return 1;
	if (check) {
		settings_done(&settings);
		printf("%s is in order\n", path);
		return 0;
	}
	rc = node_run(path, &settings, &err);
	if (rc != 0)
		fprintf(stderr, "carillond: %s\n", err.text);
	return rc;
}

static int print(void (*write)(struct buf *out))
{
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	write(&b);
	fputs(b.p, stdout);
	buf_done(&b);
	return 0;
}

/* One line of standard input, for password_hash of an esme. */
static int hash_password(void)
{
	char line[256] = "", hash[SECRET_HASH_MAX];
	int rc;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return bad_usage();
	line[strcspn(line, "\r\n")] = '\0';
	rc = line[0] == '\0' ? -EINVAL
			     : secret_password_hash(str_of(line), hash);
	secret_wipe(line, sizeof(line));
	if (rc != 0) {
		fprintf(stderr, "carillond: %s\n",
			rc == -EINVAL ? "the password is empty"
				      : "there is no memory to hash with");
		return 1;
	}
	printf("%s\n", hash);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "reference", no_argument, NULL, 'r' },
		{ "roles", no_argument, NULL, 'm' },
		{ "record", required_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = NULL;
	int check = 0, c;

	mem_large_apart();
	secret_init();
	if (argc > 1 && strcmp(argv[1], "init") == 0)
		return run_init(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "hash-password") == 0)
		return hash_password();
	while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			path = optarg;
			break;
		case 'n':
			check = 1;
			break;
		case 'r':
			return print(daemon_settings_reference);
		case 'm':
			return print(console_roles_reference);
		case 'R':
			if (mkdir(optarg, 0700) != 0 && errno != EEXIST) {
				perror(optarg);
				return 1;
			}
			daemon_settings_record(optarg);
			break;
		default:
			return bad_usage();
		}
	}
	if (path == NULL || optind != argc)
		return bad_usage();
	return run_config(path, check);
}
