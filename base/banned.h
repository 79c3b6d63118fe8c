/* Calls that have a safer word in this house; using one does not compile.
 * The Makefile puts this file before every source of ours. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define BANNED(name, instead) banned_##name##_use_##instead

#undef strcpy
#define strcpy(a, b) BANNED(strcpy, str_copy)
#undef strcat
#define strcat(a, b) BANNED(strcat, buf_z)
#undef strncpy
#define strncpy(a, b, n) BANNED(strncpy, str_copy)
#undef strncat
#define strncat(a, b, n) BANNED(strncat, buf_put)
#undef sprintf
#define sprintf(...) BANNED(sprintf, buf_f)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, buf_f)
#undef strtok
#define strtok(a, b) BANNED(strtok, str_cut)
#undef atoi
#define atoi(a) BANNED(atoi, str_u64)
#undef atol
#define atol(a) BANNED(atol, str_u64)
#undef atof
#define atof(a) BANNED(atof, str_u64)
#undef gmtime
#define gmtime(a) BANNED(gmtime, clock_rfc3339)
#undef localtime
#define localtime(a) BANNED(localtime, tzone_offset_s)
#undef ctime
#define ctime(a) BANNED(ctime, clock_rfc3339)
#undef asctime
#define asctime(a) BANNED(asctime, clock_rfc3339)
#undef alloca
#define alloca(n) BANNED(alloca, mem_alloc)
