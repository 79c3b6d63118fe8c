/* Names of the ways a call leg ends. */
#include "model/call.h"

const char *call_end_name(enum call_end e)
{
	switch (e) {
	case CALL_END_NORMAL:
		return "normal";
	case CALL_END_BUSY:
		return "busy";
	case CALL_END_NO_ANSWER:
		return "no-answer";
	case CALL_END_REJECTED:
		return "rejected";
	case CALL_END_UNREACHABLE:
		return "unreachable";
	case CALL_END_FAILED:
		return "failed";
	}
	must(!"call_end");
	return "";
}
