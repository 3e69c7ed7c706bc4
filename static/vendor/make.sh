#!/bin/sh
# Make what lies in this folder again (npm needed; the results are committed, so that nobody needs this to run the program).
set -eu
here=$(cd "$(dirname "$0")" && pwd); t=$(mktemp -d); trap 'rm -rf "$t"' EXIT; cd "$t"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund bootstrap@5.3.8 bootstrap-icons@1.13.1 @fontsource-variable/inter@5.3.0 @fontsource/source-serif-4@5.3.1 sass@1
m="$t/node_modules"; mkdir -p "$here/fonts" "$here/licences"

npx sass --quiet --no-source-map --style=compressed --load-path="$m/bootstrap/scss" "$here/cut.scss" cut.css
{ printf '/* Cut from Bootstrap 5.3.8 by cut.scss. MIT licence: licences/bootstrap.txt */\n'; sed 's/^\xEF\xBB\xBF//' cut.css; } > "$here/bootstrap-cut.css"

inter="$m/@fontsource-variable/inter"; serif="$m/@fontsource/source-serif-4"
cp "$inter/files/inter-latin-wght-normal.woff2" "$here/fonts/inter-latin-wght.woff2"
cp "$inter/files/inter-latin-ext-wght-normal.woff2" "$here/fonts/inter-latin-ext-wght.woff2"
python3 "$here/narrow_inter.py" "$here"/fonts/inter-*.woff2  # needs: pip install fonttools brotli
for w in 400 600; do for part in latin latin-ext; do cp "$serif/files/source-serif-4-$part-$w-normal.woff2" "$here/fonts/source-serif-4-$part-$w.woff2"; done; done
cp "$m/bootstrap/LICENSE" "$here/licences/bootstrap.txt"; cp "$m/bootstrap-icons/LICENSE" "$here/licences/bootstrap-icons.txt"
cp "$inter/LICENSE" "$here/licences/inter.txt"; cp "$serif/LICENSE" "$here/licences/source-serif-4.txt"

{ printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
  while read -r n; do
    tr '\n' ' ' < "$m/bootstrap-icons/icons/$n.svg" | sed -e "s|<svg[^>]*>|<symbol id=\"$n\" viewBox=\"0 0 16 16\">|" -e 's|</svg>|</symbol>|' -e 's|  *| |g' -e 's|\(\.[0-9][0-9]\)[0-9][0-9]*|\1|g'; echo
  done < "$here/icons.txt"
  printf '</svg>\n'; } > "$here/icons.svg"
