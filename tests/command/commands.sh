#!/usr/bin/env bash
# show, plugins, check and the help of all commands.
. "$(dirname "$0")/lib.sh"

report=$source_dir/tests/reports/kestrelford/2023-10-09.txt
assay show "$report" >model.json 2>log
same "show prints JSON" "0 object" "$? $(jq -r type model.json)"
same "paragraph 16 is found by its number, once" 1 "$(jq '[.blocks[] | select(.number == 16)] | length' model.json)"
same "its text is the report's" "$(grep '^16\. ' "$report" | sed 's/^16\. //; s/ *$//')" \
    "$(jq -r '.blocks[] | select(.number == 16) | .text' model.json)"
python3 - >compared <<'PY'
import json
m = json.load(open("model.json", encoding="utf-8"))
text = m["text"].encode()
for b in m["blocks"]:
    for x in [b] + b["sentences"]:
        if text[x["begin"]:x["end"]].decode() != x["text"]:
            print(x)
    if b["kind"] in ("paragraph", "list_item") and b["area"] != "background":
        joined = " ".join(s["text"] for s in b["sentences"])
        if joined != b["text"]:
            print("sentences don't make up", b["text"])
    elif b["sentences"]:
        print("has sentences:", b["kind"], b["text"])
PY
same "every block and sentence is text[begin:end], and sentences make up their block" "" "$(cat compared)"
same "facts" "ilacs-2023 London Borough of Kestrelford 2023-09-04" \
    "$(jq -r '.facts | [.framework_version, .provider_printed, .inspection_start] | join(" ")' model.json)"
printf 'Dear sir' >bad.txt
assay show bad.txt >out.json 2>log
same "show of no report" "4 0" "$? $(stat -c %s out.json)"

assay plugins >list
same "plugins lists ours with their kinds" "benchmark summary csv writer improvements analyser judgements analyser pdf loader risk analyser sentences analyser sentiment analyser text loader themes analyser trend summary" \
    "$(awk '{ print $1, $2 }' list | xargs)"
assay plugins themes >one
same "plugins NAME tells option, layers and tables" 0 \
    "$(grep -q 'dictionary: dictionary, required' one && grep -q 'theme_mentions: spans of text' one && grep -q 'per_1000_low' one && grep -q '^uses     polarity' one; echo $?)"
assay plugins theme 2>log
same "plugins of a name that isn't there" "2 1" "$? $(grep -c 'did you mean "themes"' log)"

# the other forms of a descriptor
assay plugins risk --json >schema.json
same "plugins --json: a schema of the plugin's group" \
    "risk dictionary pronouns proportions plugin false integer 0 100 40 how far a word of blame may stand from the subject it blames (words)" \
    "$(jq -r '[.properties.plugin.const, (.required - ["plugin"] | sort[]), .required[0], .additionalProperties,
        (.properties.reach | .type, .minimum, .maximum, .default, .description)] | join(" ")' schema.json)"
for plugin in $(assay plugins | awk '{ print $1 }'); do
    assay plugins "$plugin" --manual >"$plugin.7"
    assay plugins "$plugin" --json | jq -r '.required[1:][]' >"$plugin.required"
    assay plugins "$plugin" --sample-config >"$plugin.group"
done
same "plugins --manual: pages without a fault" "" \
    "$(for page in *.7; do mandoc -Tlint -Wwarning "$page"; done | grep -v 'missing date')"
same "with all that the plugin declares" "" "$(for plugin in themes trend csv; do
    assay plugins "$plugin" --json | jq -r '.properties | keys - ["plugin"] | .[]' | while read -r option; do
        grep -qx ".It Ic $option" "$plugin.7" || echo "$plugin: $option"
    done
    assay plugins "$plugin" | sed -n 's/^      \([a-z_0-9]*\)  *\(id\|text\|integer\|number\|date\)\b.*/\1/p' | while read -r column; do
        grep -qx ".It Cm $column" "$plugin.7" || echo "$plugin: $column"
    done
done)"
# a pipeline of nothing but sample groups, with the required dictionaries filled in, is that of ilacs.cfg
conf=$source_dir/conf
sed -i "s|dictionary = \"\"|dictionary = \"$conf/themes/childrens-services.cfg\"|; s|evidence = \"\"|evidence = \"$conf/themes/evidence.csv\"|" themes.group
sed -i "s|dictionary = \"\"|dictionary = \"$conf/risks/childrens-services.cfg\"|
    s|proportions = \"\"|proportions = \"$conf/lexicons/proportions.cfg\"|
    s|pronouns = \"\"|pronouns = \"$conf/lexicons/pronouns.cfg\"|" risk.group
sed -i "s|lexicon = \"\"|lexicon = \"$conf/lexicons/inspection.cfg\"|; s|evidence = \"\"|evidence = \"$conf/lexicons/evidence.csv\"|" sentiment.group
groups() {
    local first=1
    for plugin in "$@"; do
        [ "$first" = 1 ] || echo ,
        first=0
        cat "$plugin.group"
    done
}
{
    echo "profiles = [ \"$conf/profiles/ofsted-childrens-services.cfg\" ];"
    echo "registers = [ \"$conf/registers/england.csv\" ];"
    echo "loaders = ( $(groups pdf text) );"
    echo "analysers = ( $(groups judgements improvements sentiment themes risk sentences) );"
    echo "summaries = ( $(groups benchmark trend) );"
    echo "writers = ( $(groups csv) );"
} >samples.cfg
report=$source_dir/tests/reports/eastmere/2015-06-12.txt
assay run samples.cfg "$report" -o samples >/dev/null 2>log
same "plugins --sample-config: groups that run" 0 $?
assay run "$conf/ilacs.cfg" "$report" -o usual >/dev/null 2>log
same "with the rows that the defaults give" "" "$(diff -r "${of_the_run[@]}" -x datapackage.json usual samples)"
assay plugins --json 2>log
same "a form without a name" "2 1" "$? $(grep -c 'give the name of the plugin' log)"

mkdir broken
echo rubbish >broken/rubbish.so
ASSAY_PLUGIN_PATH=$work/broken assay plugins >list 2>log
same "a broken module is told, and the others listed" "1 1 11" "$? $(grep -c 'rubbish.so: is no shared object' log) $(wc -l <list)"

assay check "$source_dir/conf/ilacs.cfg" >checked 2>log
same "check says what will run, in order" "pdf text judgements sentiment themes improvements risk sentences benchmark trend csv" \
    "$(awk '/^(loader|analyser|summary|writer)/ { print $2 }' checked | xargs)"
same "and that nothing is wrong" "$source_dir/conf/ilacs.cfg: nothing wrong" "$(tail -n 1 checked)"

for command in run check plugins show explain code validate cache new-plugin test-plugin; do
    assay "$command" --help >help 2>log
    same "help of $command" "0 usage: assay $command" "$? $(head -n 1 help | cut -d' ' -f1-3)"
    same "$command takes --log-format" 1 "$(grep -c '^      --log-format FORM ' help)"
    # every option of the help stands in the manual page, but for those of all commands, and the other way round
    same "manual page of $command" "$(grep -o -- '--[a-z-]*[a-z]' help | grep -v -e --help -e --log-format | sort -u)" \
        "$(grep -o -- 'Fl -[a-z-]*[a-z]' "$source_dir/doc/assay-$command.1" | sed 's/Fl -/--/' | grep -v -e --log-format | sort -u)"
done
assay --help >help
same "help names every command" "run merge check plugins show explain code validate cache new-plugin test-plugin" "$(grep -o '^  assay [a-z-]*' help | awk '{ print $2 }' | xargs)"
same "version" 0 "$(assay --version | grep -q '^assay [0-9.]*, plugin ABI 1.0$'; echo $?)"
if command -v mandoc >/dev/null; then
    same "manual pages are well-formed" "" "$(mandoc -T lint -W warning "$source_dir"/doc/*.1 2>&1)"
fi
finish
