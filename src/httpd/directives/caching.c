/* SPDX-License-Identifier: Apache-2.0 */
#include "directives/caching.h"

#include <string.h>

#include <apr_cstr.h>
#include <apr_strings.h>

#include "cache/table.h"
#include "config/config.h"
#include "directives/argument.h"
#include "directives/secret.h"
#include "directives/setter.h"
#include "store/socache.h"

#define TABLE_SIZE_MAX_MIB 16384

static const char *read_secrets(const char **one, const char **other,
                                cmd_parms *cmd, const char *first,
                                const char *second);

static const char *set_table(cmd_parms *cmd, const char *word)
{
    mai_cache_config_t *cache = mai_config_cache();
    apr_size_t digits;
    apr_int64_t size;

    if (word[3] == '\0') {
        cache->table_size = MAI_TABLE_SIZE;
        return NULL;
    }
    word += 4;
    digits = strspn(word, "0123456789");
    size = digits > 0 && digits < 9 ? apr_atoi64(word) : 0;
    if (strcmp(word + digits, "G") == 0) {
        size *= 1024;
    } else if (strcmp(word + digits, "M") != 0) {
        size = 0;
    }
    if (size < 1 || size > TABLE_SIZE_MAX_MIB) {
        return mai_argument_complain(cmd, word,
                                     "write shm:SIZE with a size from "
                                     "1M to 16G");
    }
    cache->table_size = (apr_size_t)size * 1024 * 1024;
    return NULL;
}

static const char *set_store(cmd_parms *cmd, const char *text)
{
    mai_cache_config_t *cache = mai_config_cache();
    const char *complaint =
        mai_socache_create(&cache->socache, text, cmd->pool, cmd->temp_pool);

    if (complaint != NULL) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", complaint, NULL);
    }
    /* What such a store did not take has to be remembered here: a revocation
     * above all, for the older "active" may still be in it. */
    if (cache->table_size == 0 && !mai_socache_is_local(cache->socache)) {
        cache->table_size = TI_TABLE_SIZE_MIN;
    }
    return NULL;
}

/* What is written elsewhere in this way, but not here. */
static const char *mistake(cmd_parms *cmd, const char *word)
{
    if (apr_cstr_casecmp(word, "off") == 0) {
        return mai_argument_complain(cmd, word, "write none");
    }
    if (strncmp(word, "rediss:", 7) == 0) {
        return mai_argument_refuse(
            cmd, word,
            "for TLS to a Redis run a proxy such as stunnel on this machine "
            "and name that, as redis:unix: or redis:127.0.0.1:; "
            "docs/operations.md shows how");
    }
    if (strstr(word, "://") != NULL) {
        return mai_argument_complain(
            cmd, word,
            "write redis:HOST:PORT or memcache:HOST:PORT, "
            "without slashes");
    }
    return NULL;
}

const char *mai_caching_cache(cmd_parms *cmd, void *config, const char *first,
                              const char *second)
{
    mai_cache_config_t *cache = mai_config_cache();
    const char *complaint =
        ap_check_cmd_context(cmd, GLOBAL_ONLY | NOT_IN_HTACCESS);
    int table = strcmp(first, "shm") == 0 || strncmp(first, "shm:", 4) == 0;

    (void)config;
    if (complaint != NULL) {
        return complaint;
    }
    if (cache->chosen) {
        return mai_argument_refuse(
            cmd, first,
            "IntrospectCache is set already, and there is one for the whole "
            "httpd; write both words on one line");
    }
    cache->chosen = 1;
    cache->table_size = 0;
    cache->socache = NULL;
    if (apr_cstr_casecmp(first, "none") == 0 && second == NULL) {
        return NULL;
    }
    complaint = mistake(cmd, first);
    if (complaint == NULL && second != NULL) {
        complaint = mistake(cmd, second);
    }
    if (complaint != NULL) {
        return complaint;
    }
    if (!table) {
        return second == NULL
                   ? set_store(cmd, first)
                   : mai_argument_refuse(cmd, first,
                                         "in front of a second store there can "
                                         "only be shm[:SIZE], the table in "
                                         "shared memory");
    }
    complaint = set_table(cmd, first);
    return complaint == NULL && second != NULL ? set_store(cmd, second)
                                               : complaint;
}

const char *mai_caching_secret(cmd_parms *cmd, void *config, const char *first,
                               const char *second)
{
    mai_cache_config_t *cache = mai_config_cache();
    const char *complaint = read_secrets(
        &cache->secret, &cache->previous_secret, cmd, first, second);

    (void)config;
    if (complaint == NULL && strlen(cache->secret) < 16) {
        complaint = "IntrospectCacheSecret is shorter than 16 characters: make "
                    "one with 'openssl rand -base64 32'";
    }
    return complaint;
}

const char *mai_caching_password(cmd_parms *cmd, void *config, const char *text,
                                 const char *sentinels)
{
    mai_cache_config_t *cache = mai_config_cache();

    (void)config;
    return read_secrets(&cache->password, &cache->sentinels, cmd, text,
                        sentinels);
}

/* The second may be left out: NULL. */
static const char *read_secrets(const char **one, const char **other,
                                cmd_parms *cmd, const char *first,
                                const char *second)
{
    const char *complaint =
        ap_check_cmd_context(cmd, GLOBAL_ONLY | NOT_IN_HTACCESS);

    if (complaint == NULL) {
        mai_setter_note(cmd);
        complaint = mai_secret_read(one, cmd, first);
    }
    if (complaint == NULL && second != NULL) {
        complaint = mai_secret_read(other, cmd, second);
    }
    return complaint;
}
