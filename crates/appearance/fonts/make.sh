#!/usr/bin/env bash
# Makes the built-in fonts, NotoSans-{Regular,Bold}.ttf, from Debian's package fonts-noto-core (20201225-1, licence in OFL.txt).
#
# The subset has what living languages write in Latin, Greek and Cyrillic, with punctuation, combining marks and currencies: of Latin
# Extended-B no historic letters and clicks, of Cyrillic nothing older than the alphabets of today. Without these limits a face is a third
# larger. Hints are left out: few renderers of documents apply them. Kerning, marks and forms of languages stay; small capitals do not.
set -euo pipefail
cd "$(dirname "$0")"
../../../scripts/apt.sh fonts-noto-core fonttools

latin=0020-007E,00A0-017F,01A0-01A1,01AF-01B0,01CD-01DC,01E6-01E7,01EA-01ED,01F4-01F5,01F8-021B,021E-021F,0226-0233,0237,1E00-1EFF
africa=0181,0186,0189-018A,018F-0192,0194,0196-0199,019D,01B2-01B4,0243-0244,0253-0254,0256-0257,0259,025B,0263,0269,0272,0289,028B
marks=02BB-02BC,02C6-02C7,02C9,02D8-02DD,0300-030C,031B,0323-0328,0331
greek=0370-0377,037A-037F,0384-038A,038C,038E-03A1,03A3-03D7
cyrillic=0400-045F,048A-04FF
others=2010-2015,2018-201E,2020-2022,2026,2030,2039-203A,20A0-20BF,2116,2122,2212
for face in Regular Bold; do
  pyftsubset "/usr/share/fonts/truetype/noto/NotoSans-$face.ttf" --unicodes=$latin,$africa,$marks,$greek,$cyrillic,$others \
    --output-file="NotoSans-$face.ttf" --layout-features=kern,mark,mkmk,ccmp,locl --layout-scripts=DFLT,latn,grek,cyrl --no-hinting \
    --name-IDs=0,6 --name-languages=0x409 --drop-tables+=STAT,MVAR,DSIG,gasp
done
