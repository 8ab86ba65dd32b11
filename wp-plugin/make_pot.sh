#!/bin/sh
# Collects the plugin's texts for translators into luxebrain/languages/luxebrain.pot, or into the file named.
set -eu
cd "$(dirname "$0")/luxebrain"
pot=${1:-languages/luxebrain.pot}

find . -name '*.php' -not -path './tests/*' | LC_ALL=C sort | xgettext --files-from=- --language=PHP --from-code=UTF-8 --add-comments=translators: --sort-by-file --add-location=file \
	--keyword=__ --keyword=_e --keyword=_n:1,2 --keyword=_x:1,2c \
	--keyword=esc_html__ --keyword=esc_html_e --keyword=esc_attr__ --keyword=esc_attr_e \
	--package-name=LuxeBrain --copyright-holder=LuxeBrain --output=- |
	sed '/^"POT-Creation-Date:/d; s/CHARSET/UTF-8/' >"$pot"

# WordPress translates the header's description too, which is no PHP string.
sed -n 's/^ \* Description: *\(.*\)/\n#. Description of the plugin\n#: luxebrain.php\nmsgid "\1"\nmsgstr ""/p' \
	luxebrain.php >>"$pot"
