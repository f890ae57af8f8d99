#!/bin/sh
# Takes pictures of a capture in tcptrace and Wireshark, for docs/compare.md:
#
#	peers.sh CAPTURE SENDER RECEIVER NAME
#
# writes NAME-tcptrace.png, NAME-wireshark-window.png and
# NAME-wireshark-sequence.png beside this script. They show the data that SENDER
# (address:port) sends to RECEIVER in the capture's first stream. Needs tcptrace
# (with xpl2gpl, which needs gawk), gnuplot, wireshark, Xvfb, xdotool and
# ImageMagick's import.
set -eu
for program in tcptrace xpl2gpl gawk gnuplot wireshark Xvfb xdotool import; do
	command -v $program >/dev/null || {
		echo "no $program: $4's pictures of tcptrace and Wireshark stay as they are" >&2
		exit 0
	}
done
capture=$(realpath "$1") sender=$2 receiver=$3 name=$(dirname "$(realpath "$0")")/$4
work=$(mktemp -d)
xvfb= wireshark=
finish() {
	[ -z "$wireshark" ] || kill "$wireshark" 2>/dev/null || true
	[ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# tcptrace writes a plot for each direction of everything that it considers a
# connection; the largest is the one with the data.
cd "$work"
tcptrace -n -S "$capture" >/dev/null 2>&1
plot=$(ls -S ./*_tsg.xpl | head -n 1)
xpl2gpl "$plot" >/dev/null
{
	echo 'set terminal pngcairo noenhanced size 900,560'
	echo "set output '$name-tcptrace.png'"
	sed '/^set term postscript/,$d' "${plot%.xpl}.gpl"
} >plot.gpl
gnuplot plot.gpl

# Wireshark has no command for its stream graphs, so xdotool operates its menu from the
# keyboard, on a virtual screen, with the default configuration.
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CONFIG_HOME="$work"
Xvfb -displayfd 3 -screen 0 1400x900x24 3>display 2>xvfb.log &
xvfb=$!
for _ in $(seq 50); do [ -s display ] && break || sleep 0.2; done
DISPLAY=:$(cat display)
export DISPLAY
wireshark -o gui.update.enabled:FALSE "$capture" >wireshark.log 2>&1 &
wireshark=$!

main=$(timeout 30 xdotool search --sync --onlyvisible --name "^$(basename "$capture")\$" | head -n 1)
sleep 3 # Wireshark has to read the packets

# graph TITLE FILE KEY...: presses KEY... in the submenu to open the graph, and saves
# a picture of it.
graph() {
	title=$1 file=$2
	shift 2
	xdotool windowfocus "$main" key --delay 200 alt+s Up Up Up Up Up Up Up Right "$@" Return
	window=$(timeout 30 xdotool search --sync --onlyvisible --name "^$(printf %s "$title" | sed 's/[()]/\\&/g') for " | head -n 1)
	xdotool windowsize --sync "$window" 900 560
	sleep 1
	case $(xdotool getwindowname "$window") in
	*"$sender"*"$receiver") ;;
	*) xdotool mousemove --window "$window" 830 473 click 1 && sleep 1 ;; # Switch Direction
	esac
	case $(xdotool getwindowname "$window") in
	*"$sender"*"$receiver") ;;
	*) echo "peers.sh: $(xdotool getwindowname "$window"): not the graph of $sender" >&2; exit 1 ;;
	esac
	xdotool mousemove 1390 890 # keeps tooltips out of the picture
	sleep 1
	import -window "$window" "$file"
	xdotool windowfocus "$window" key Escape
	sleep 1
}
graph 'Sequence Numbers (tcptrace)' "$name-wireshark-sequence.png" Down
graph 'Window Scaling' "$name-wireshark-window.png" Down Down Down Down
