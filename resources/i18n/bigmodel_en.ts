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
    <name>HubView</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
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
        <source>%n model(s) here</source>
        <translation>
            <numerusform>%n model here</numerusform>
            <numerusform>%n models here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n download(s) were not finished.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Removals</name>
    <message numerus="yes">
        <source>was removed: {size}, freed in %n day(s).</source>
        <translation>
            <numerusform>was removed: {size}, freed in %n day.</numerusform>
            <numerusform>was removed: {size}, freed in %n days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RepoDetails</name>
    <message numerus="yes">
        <source>%n file(s) needed, {size} in all</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
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
</TS>
