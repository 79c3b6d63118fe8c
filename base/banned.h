/* Calls that have a safer word in this house; using one is a compile error.
 * Forced into every file of ours by the Makefile (-include base/banned.h),
 * after the system headers below have been read. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison gmtime localtime ctime asctime atoi atol atof gets alloca
