# Writes src/Temperament.Models/Text/Normalizing/UnicodeForms.txt from the Unicode data of Python (any 3.x):
#   python reference/make_unicode_forms.py > src/Temperament.Models/Text/Normalizing/UnicodeForms.txt
# A line is a code point in hexadecimal, then what it has of: c and its combining class; = and its canonical decomposition, to the end;
# ~ and its compatibility decomposition, to the end; + and the two code points that compose to it.
# Hangul syllables are left out, since they follow from arithmetic.
import sys
import unicodedata as u

print('# Unicode', u.unidata_version)
for point in range(sys.maxunicode + 1):
    if 0xD800 <= point <= 0xDFFF or 0xAC00 <= point <= 0xD7A3:
        continue
    c = chr(point)
    line = []
    if u.combining(c):
        line.append(f'c{u.combining(c)}')
    canonical, compatible = u.normalize('NFD', c), u.normalize('NFKD', c)
    if canonical != c:
        line.append('=' + ' '.join(f'{ord(x):X}' for x in canonical))
        if len(canonical) > 1 and u.normalize('NFC', c) == c:
            first = u.normalize('NFC', canonical[:-1])
            assert len(first) == 1 and u.normalize('NFC', first + canonical[-1]) == c
            line.append(f'+{ord(first):X} {ord(canonical[-1]):X}')
    if compatible != canonical:
        line.append('~' + ' '.join(f'{ord(x):X}' for x in compatible))
    if line:
        print(f'{point:X};' + ';'.join(line))
