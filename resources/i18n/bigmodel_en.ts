<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Checking</name>
    <message numerus="yes">
        <source>%n file(s) differ from the Hub and are downloaded again: {names}</source>
        <translation>
            <numerusform>%n file differs from the Hub and is downloaded again: {names}</numerusform>
            <numerusform>%n files differ from the Hub and are downloaded again: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n file(s) match the Hub.</source>
        <translation>
            <numerusform>The %n file matches the Hub.</numerusform>
            <numerusform>All %n files match the Hub.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counting</name>
    <message numerus="yes">
        <source>{count} chat(s)</source>
        <translation>
            <numerusform>{count} chat</numerusform>
            <numerusform>{count} chats</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} class(es)</source>
        <translation>
            <numerusform>{count} class</numerusform>
            <numerusform>{count} classes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} error(s)</source>
        <translation>
            <numerusform>{count} error</numerusform>
            <numerusform>{count} errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} note(s)</source>
        <translation>
            <numerusform>{count} note</numerusform>
            <numerusform>{count} notes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} pair(s)</source>
        <translation>
            <numerusform>{count} pair</numerusform>
            <numerusform>{count} pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} paragraph(s)</source>
        <translation>
            <numerusform>{count} paragraph</numerusform>
            <numerusform>{count} paragraphs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} picture(s)</source>
        <translation>
            <numerusform>{count} picture</numerusform>
            <numerusform>{count} pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sentence(s)</source>
        <translation>
            <numerusform>{count} sentence</numerusform>
            <numerusform>{count} sentences</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tag(s)</source>
        <translation>
            <numerusform>{count} tag</numerusform>
            <numerusform>{count} tags</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} text(s)</source>
        <translation>
            <numerusform>{count} text</numerusform>
            <numerusform>{count} texts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} warning(s)</source>
        <translation>
            <numerusform>{count} warning</numerusform>
            <numerusform>{count} warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExperimentsDialog</name>
    <message numerus="yes">
        <source>Queue {count} run(s)</source>
        <translation>
            <numerusform>Queue {count} run</numerusform>
            <numerusform>Queue {count} runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s)</source>
        <translation>
            <numerusform>{count} run</numerusform>
            <numerusform>{count} runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HubView</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LocalView</name>
    <message numerus="yes">
        <source>%n in the Hub’s cache, {size}</source>
        <translation>
            <numerusform>%n in the Hub’s cache, {size}</numerusform>
            <numerusform>%n in the Hub’s cache, {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NetworkDialog</name>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{host}: %n request(s), {sent} sent, {received} received</source>
        <translation>
            <numerusform>{host}: %n request, {sent} sent, {received} received</numerusform>
            <numerusform>{host}: %n requests, {sent} sent, {received} received</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n unfinished download(s).</source>
        <translation>
            <numerusform>%n unfinished download.</numerusform>
            <numerusform>%n unfinished downloads.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Ranking</name>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>Show %n more</numerusform>
            <numerusform>Show %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Removals</name>
    <message numerus="yes">
        <source>was removed; {size} will be freed in %n day(s).</source>
        <translation>
            <numerusform>was removed; {size} will be freed in %n day.</numerusform>
            <numerusform>was removed; {size} will be freed in %n days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RepoDetails</name>
    <message numerus="yes">
        <source>%n file(s) needed, {size} total</source>
        <translation>
            <numerusform>%n file needed, {size} total</numerusform>
            <numerusform>%n files needed, {size} total</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RewriteTask</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TaggedSentence</name>
    <message numerus="yes">
        <source>%n word(s) differ, marked by dots.</source>
        <translation>
            <numerusform>%n word differs, marked by dots.</numerusform>
            <numerusform>%n words differ, marked by dots.</numerusform>
        </translation>
    </message>
</context>
</TS>
