# SPDX-License-Identifier: Apache-2.0
#
# An administrator of the module's pages, with a password in AuthUserFile.
#
#   Admin::place('/status', 'introspect-status', @lines)   a page's section
#   Admin::write_users($httpd)   the file, with user admin, password admin-pass
package Admin;
use strict;
use warnings;

sub place {
    my ($path, $handler, @lines) = @_;
    return join "\n    ", "<Location $path>", "SetHandler $handler", @lines, 'AuthType Basic', 'AuthName admin', 'AuthBasicProvider file',
        'AuthUserFile %DIR%/users', "Require user admin\n</Location>\n";
}

sub write_users {
    my ($httpd) = @_;
    return $httpd->write_file('users', 'admin:{SHA}' . `printf admin-pass | openssl dgst -sha1 -binary | openssl base64`);
}

1;
