/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of our log lines (MAI0020 ...). A number is never reused;
 * docs/messages.md says for each what to do. 1-19: start; 20-39: a request
 * refused; 40-69: the authorization server; 70-89: caches and pages for
 * administrators; from 90 on: all else.
 */
#ifndef TI_MESSAGES_H
#define TI_MESSAGES_H

typedef enum ti_message_t {
    TI_MSG_STARTED = 1,          /* notice: start, with cache size */
    TI_MSG_START_FAILED = 2,     /* error: memory, threads, random */
    TI_MSG_TLS_UNVERIFIED = 3,   /* warning: IntrospectTLSVerify Off */
    TI_MSG_INSECURE = 4,         /* warning: http to another host */
    TI_MSG_NO_AUDIENCE = 5,      /* info: a place without an audience */
    TI_MSG_MANY_CALLS = 6,       /* warning: a cap that is no bulkhead */
    TI_MSG_NOT_ROBUST = 7,       /* warning: a system without robust mutexes */
    TI_MSG_START_REFUSED = 8,    /* error: the configuration is wrong */
    TI_MSG_OFFLINE_ACCESS = 10,  /* warning: among a resource's scopes */
    TI_MSG_UNLISTED = 11,        /* warning: a scope that clients cannot know */
    TI_MSG_PASSWORDS = 16,       /* warning: our provider before others */
    TI_MSG_SECRET_READABLE = 17, /* warning: a file with a secret */
    TI_MSG_TWICE = 124,          /* warning: one of two lines counts */
    TI_MSG_UNREADABLE = 125,     /* warning: a file that root alone can read */
    TI_MSG_UNGUARDED = 126,      /* warning: AuthType without Require */
    TI_MSG_NO_TOKEN = 20,
    TI_MSG_MALFORMED = 21,
    TI_MSG_INACTIVE = 22,
    TI_MSG_EXPIRED = 23,
    TI_MSG_NOT_YET = 24,
    TI_MSG_ISSUED_LATER = 25,
    TI_MSG_ISSUER = 26,
    TI_MSG_AUDIENCE = 27,
    TI_MSG_TOKEN_TYPE = 28,
    TI_MSG_BOUND = 29,
    TI_MSG_INSUFFICIENT = 30,
    TI_MSG_TWO_TOKENS = 31,
    TI_MSG_NO_ENDPOINT = 32,
    TI_MSG_EXPORT_SKIPPED = 33, /* info: a claim that cannot be exported */
    TI_MSG_REGEX = 34,          /* warning: a regular expression gave up */
    TI_MSG_LOGIN = 35,
    TI_MSG_NO_VOUCHER = 37,
    TI_MSG_ORIGIN = 36,
    TI_MSG_FORGED = 38,
    TI_MSG_RESOLVE = 40,
    TI_MSG_CONNECT = 41,
    TI_MSG_TIMEOUT = 42,
    TI_MSG_TLS = 43,
    TI_MSG_TOO_LARGE = 44,
    TI_MSG_BROKEN = 45,
    TI_MSG_INTERNAL = 46,
    TI_MSG_STATUS = 47,
    TI_MSG_THROTTLED = 48,
    TI_MSG_TYPE = 49,
    TI_MSG_JSON = 50,
    TI_MSG_ACTIVE = 51,
    TI_MSG_TIMES = 52,
    TI_MSG_CREDENTIALS = 53,
    TI_MSG_NOT_FOUND = 54,
    TI_MSG_REDIRECT = 55,
    TI_MSG_FULL = 56,
    TI_MSG_PACED = 57,
    TI_MSG_LATE = 58,
    TI_MSG_SLOWER = 59,      /* warning: asked less, or after others */
    TI_MSG_AS_BEFORE = 60,   /* warning: asked as before */
    TI_MSG_ASKED = 61,       /* debug: one exchange and its outcome */
    TI_MSG_JWKS = 62,        /* info: the key set could not be fetched */
    TI_MSG_DISCOVERY = 63,   /* error: metadata that cannot be used */
    TI_MSG_ABORTED = 64,     /* info: the process was shutting down */
    TI_MSG_CROWDED = 65,     /* info: too many requests wait for it */
    TI_MSG_BAD_REQUEST = 66, /* error: a 400 that is not about the token */
    TI_MSG_STUCK = 67,       /* warning: a process stands inside the lock */
    TI_MSG_STALE = 70,
    TI_MSG_STORE_FAILED = 71,
    TI_MSG_STORE_REFUSED = 72,
    TI_MSG_PURGED = 80,          /* notice: forgotten as asked */
    TI_MSG_METRICS_REFUSED = 83, /* info: metrics that are not for here */
    TI_MSG_PURGE_REFUSED = 81,   /* info: a purge that was not allowed */
    TI_MSG_PURGE_FAILED = 82,    /* error: the marks cannot be written */
    TI_MSG_VERDICT = 90,         /* debug: granted, to whom */
    TI_MSG_ROTATED = 110,        /* warning: which of two secrets works */
    TI_MSG_FILE_TAKEN = 111,     /* info: a file changed, and is in use */
    TI_MSG_FILE_KEPT = 112,      /* warning, info: a file that cannot be used */
    TI_MSG_METHOD = 113,         /* warning: not what metadata list */
    TI_MSG_SIGNED = 116,         /* warning: a signed answer that is wrong */
    TI_MSG_UNSIGNED = 117,       /* error: an answer that is not signed */
    TI_MSG_ENCRYPTED = 118,      /* error: an answer that we cannot decrypt */
    TI_MSG_NO_KEYS = 119,        /* warning: no key set for a signed answer */
    TI_MSG_STATUS_REFUSED = 123, /* info: a status page not for here */
    TI_MSG_EXPRESSION = 130,     /* info: claim-expr could not be evaluated */
    TI_MSG_RPC = 135,            /* info: headers of MCP that are not clear */
    TI_MSG_RPC_UNCHECKED = 136,  /* error: IntrospectMCP is not On */
    TI_MSG_LOGGED_OUT = 137,     /* notice: forgotten, as a server says */
    TI_MSG_LOGOUT_REFUSED = 138, /* info: a logout token that does not count */
    TI_MSG_LOGOUT_SET_UP = 139   /* error: nobody can log out here */
} ti_message_t;

#endif
