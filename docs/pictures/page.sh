#!/bin/sh
# Takes pictures of a report page in headless Chromium:
#
#	page.sh REPORT.html NAME HEIGHT
#
# writes NAME-light.png and NAME-dark.png beside this script, HEIGHT pixels high.
set -eu
page=$(realpath "$1") name=$(dirname "$(realpath "$0")")/$2
for chromium in "${WINWATCH_CHROMIUM-}" chromium chromium-browser google-chrome; do
	[ -n "$chromium" ] && command -v "$chromium" >/dev/null && break
done
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
for scheme in dark light; do # in Blink's numbering, dark is 0
	[ $scheme = dark ] && number=0 || number=1
	"$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile" \
		--blink-settings=preferredColorScheme=$number --virtual-time-budget=5000 \
		--window-size="1280,$3" --screenshot="$name-$scheme.png" "file://$page" 2>/dev/null
done
