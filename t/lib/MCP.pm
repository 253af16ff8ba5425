# SPDX-License-Identifier: Apache-2.0
#
# The headers of an MCP client, and Require lines for its calls: the tool delete
# and others need the scope admin, echo needs read, methods need list.
package MCP;
use strict;
use warnings;
use MIME::Base64 qw(encode_base64);

our @version = ('MCP-Protocol-Version' => '2026-07-28');
our $rules = <<'END';
    <RequireAny>
        <RequireAll>
            Require mcp-tool delete "drop all" Löschen
            Require scope admin
        </RequireAll>
        <RequireAll>
            Require mcp-tool echo
            Require scope read
        </RequireAll>
        <RequireAll>
            Require mcp-method server/discover tools/list
            Require scope list
        </RequireAll>
    </RequireAny>
END

sub encoded { my ($text) = @_; return '=?base64?' . encode_base64($text, '') . '?=' }
sub call { my ($tool) = @_; return (@version, 'Mcp-Method' => 'tools/call', 'Mcp-Name' => $tool) }

1;
