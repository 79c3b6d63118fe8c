/* One running node: opens everything in order, closes it in reverse. */
#pragma once

#include "base/err.h"
#include "base/settings.h"

struct node;

/* Takes the settings over (also on failure). Runs until it is told to stop
 * by a signal; 0, or the exit code after a fault that err names. */
int node_run(const char *path, struct settings *settings, struct err *err);
