/* SPDX-License-Identifier: Apache-2.0
 *
 * The main function of a unit test: runs a Check suite, speaks TAP.
 */
#ifndef T_TAP_H
#define T_TAP_H

#include <check.h>
#include <stdlib.h>
#include <apr_general.h>
#include <apr_pools.h>

static Suite *suite(void);

/* A pool for the test that runs now. */
static apr_pool_t *pool;

static void pool_open(void)
{
    apr_pool_create(&pool, NULL);
}

static void pool_close(void)
{
    apr_pool_destroy(pool);
}

int main(void)
{
    SRunner *runner;
    int failed;

    apr_initialize();
    runner = srunner_create(suite());
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    apr_terminate();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
