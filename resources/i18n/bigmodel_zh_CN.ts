<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Big Model Studio</source>
        <translation>关于 Big Model Studio</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Files: {folder}</source>
        <translation>文件：{folder}</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
</context>
<context>
    <name>AccountDialog</name>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>Account on the Hub</source>
        <translation>Hub 账户</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Contacting the Hub…</source>
        <translation>正在询问 Hub…</translation>
    </message>
    <message>
        <source>Create a token…</source>
        <translation>创建令牌…</translation>
    </message>
    <message>
        <source>Not signed in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>Open the access token page in the browser?</source>
        <translation>在浏览器中打开创建令牌的页面？</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Sign in to download private or gated models. A read token is enough. It is stored where every Hugging Face tool on this computer finds it.</source>
        <translation>登录后可下载私有或需要许可的模型。只读令牌即可。令牌保存在本机所有 Hugging Face 工具都能找到的位置。</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Signed in as {name}</source>
        <translation>已登录为 {name}</translation>
    </message>
</context>
<context>
    <name>AcrossSteps</name>
    <message>
        <source>Answers by step</source>
        <translation>各步的回答</translation>
    </message>
    <message>
        <source>Compare checkpoints</source>
        <translation>比较检查点</translation>
    </message>
    <message>
        <source>Picture file</source>
        <translation>一张图片的文件</translation>
    </message>
    <message>
        <source>Picture for every checkpoint</source>
        <translation>给每个检查点看的图片</translation>
    </message>
    <message>
        <source>Picture…</source>
        <translation>图片…</translation>
    </message>
    <message>
        <source>Prompt for every checkpoint</source>
        <translation>向每个检查点提出的问题</translation>
    </message>
    <message>
        <source>Running step {step}, {left} left…</source>
        <translation>正在询问第 {step} 步，还有 {left} 个…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The answers of every checkpoint to the same prompt.</source>
        <translation>向每个检查点提出同一个问题，看各自如何作答。</translation>
    </message>
</context>
<context>
    <name>AdviceCard</name>
    <message>
        <source>Activations and cache</source>
        <translation>激活值与缓存</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Download…</source>
        <translation>下载…</translation>
    </message>
    <message>
        <source>Process overhead</source>
        <translation>进程自身开销</translation>
    </message>
    <message>
        <source>Try</source>
        <translation>试用</translation>
    </message>
    <message>
        <source>Try {model}</source>
        <translation>试用 {model}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>on the Hub</source>
        <translation>在 Hub 上</translation>
    </message>
    <message>
        <source>on this computer</source>
        <translation>在本机上</translation>
    </message>
</context>
<context>
    <name>AdviceForm</name>
    <message>
        <source>Any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Any free license</source>
        <translation>可自由用于任何用途</translation>
    </message>
    <message>
        <source>Available memory</source>
        <translation>可用内存</translation>
    </message>
    <message>
        <source>Free now: {size} ({device})</source>
        <translation>当前可用：{size}（{device}）</translation>
    </message>
    <message>
        <source>License</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Measure this computer</source>
        <translation>测量本机速度</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>Minimum {unit}</source>
        <translation>最低{unit}</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
</context>
<context>
    <name>AdviceRow</name>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Apply: {advice}</source>
        <translation>应用：{advice}</translation>
    </message>
</context>
<context>
    <name>AdvisorView</name>
    <message>
        <source>Any license</source>
        <translation>不限许可证</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>No known model does this under this license.</source>
        <translation>这里没有已知的模型能在该许可证下完成此任务。</translation>
    </message>
    <message>
        <source>No recommendation</source>
        <translation>没有可推荐的模型</translation>
    </message>
</context>
<context>
    <name>Anatomy</name>
    <message>
        <source>Computing the structure from config and weight headers…</source>
        <translation>正在根据配置和权重文件头推算结构…</translation>
    </message>
</context>
<context>
    <name>AnswerDelegate</name>
    <message>
        <source>(nothing)</source>
        <translation>（无输出）</translation>
    </message>
    <message>
        <source>right</source>
        <translation>正确</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>错误</translation>
    </message>
</context>
<context>
    <name>Answers</name>
    <message>
        <source>Open the Models page</source>
        <translation>到“模型”页查找</translation>
    </message>
</context>
<context>
    <name>Article</name>
    <message>
        <source>Common claims, checked</source>
        <translation>常见说法核对</translation>
    </message>
    <message>
        <source>Computed</source>
        <translation>计算得出</translation>
    </message>
    <message>
        <source>Figures from a widely read introduction, compared with the papers and with values computed from the models&apos; structures.</source>
        <translation>一篇流传甚广的入门文章给出的数字，与论文公布的数字及由模型结构计算的数字对照。</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>论文公布</translation>
    </message>
    <message>
        <source>The article</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>counting…</source>
        <translation>正在计数…</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>还有 %n 条</numerusform>
        </translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>BlockView</name>
    <message>
        <source>row {row}, column {column}</source>
        <translation>第 {row} 行，第 {column} 列</translation>
    </message>
</context>
<context>
    <name>CardView</name>
    <message>
        <source>Model card</source>
        <translation>模型卡</translation>
    </message>
    <message>
        <source>Show the whole card</source>
        <translation>显示全部说明</translation>
    </message>
</context>
<context>
    <name>CardsPanel</name>
    <message>
        <source>FLOPs {unit}</source>
        <translation>FLOPs {unit}</translation>
    </message>
    <message>
        <source>No description for its layer types.</source>
        <translation>它的层中没有这里能解释的类型。</translation>
    </message>
    <message>
        <source>a picture</source>
        <translation>每张图片</translation>
    </message>
    <message>
        <source>a token</source>
        <translation>每个词元</translation>
    </message>
    <message>
        <source>layers of this type</source>
        <translation>此类层</translation>
    </message>
    <message>
        <source>parameters in total</source>
        <translation>参数合计</translation>
    </message>
</context>
<context>
    <name>CatalogueView</name>
    <message>
        <source>A new run with the same architecture, small enough for this computer</source>
        <translation>新建一个形状相同的训练，缩小到本机可以训练</translation>
    </message>
    <message>
        <source>Build a small copy…</source>
        <translation>照此构建…</translation>
    </message>
    <message>
        <source>Catalogue view</source>
        <translation>显示目录的哪一部分</translation>
    </message>
    <message>
        <source>Common claims, checked</source>
        <translation>常见说法核对</translation>
    </message>
    <message>
        <source>Computing the structure…</source>
        <translation>正在分析结构…</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>Model view</source>
        <translation>模型视图</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>资源规划</translation>
    </message>
    <message>
        <source>Published models</source>
        <translation>论文公布的模型</translation>
    </message>
    <message>
        <source>Search the catalogue</source>
        <translation>搜索模型目录</translation>
    </message>
    <message>
        <source>Show on the Hub</source>
        <translation>在 Hub 上查看</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>ChangedDataQuestion</name>
    <message>
        <source>Resume with the new data</source>
        <translation>使用新数据继续</translation>
    </message>
    <message>
        <source>Resume with the new data?</source>
        <translation>使用新数据继续？</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Clear the selection</source>
        <translation>清除选区</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>{first} 至 {last}</translation>
    </message>
    <message>
        <source>{name} {start} → {stop}, mean {mean}</source>
        <translation>{name} {start} → {stop}，平均 {mean}</translation>
    </message>
</context>
<context>
    <name>ChatExchange</name>
    <message>
        <source>All versions (JSON)</source>
        <translation>所有版本（JSON）</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Export the chat</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Import chats</source>
        <translation>导入对话</translation>
    </message>
    <message>
        <source>Shown messages only (HTML)</source>
        <translation>仅显示的消息（HTML）</translation>
    </message>
    <message>
        <source>Shown messages only (Markdown)</source>
        <translation>仅显示的消息（Markdown）</translation>
    </message>
</context>
<context>
    <name>ChatField</name>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Drop chats here: JSON, JSONL or Parquet with messages, or instructions and answers</source>
        <translation>将对话拖到这里：含 messages 或指令与回答的 JSON、JSONL 或 Parquet</translation>
    </message>
    <message>
        <source>Training chats</source>
        <translation>训练对话</translation>
    </message>
</context>
<context>
    <name>ChatFinder</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Find in this chat</source>
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>No match</source>
        <translation>无匹配</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} / {count}</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Instructions for the model</source>
        <translation type="vanished">给模型的指令</translation>
    </message>
    <message>
        <source>Messages and system prompt are formatted with the model&apos;s chat template.</source>
        <translation type="vanished">该模型带有对话模板：消息和系统提示词会按模板组织。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation type="vanished">系统提示词</translation>
    </message>
    <message>
        <source>This link was written by the model. Open it in the browser?</source>
        <translation>这个网址是模型写出来的。要在浏览器中打开吗？</translation>
    </message>
    <message>
        <source>This model has no chat template: it continues the chat as plain text.</source>
        <translation type="vanished">该模型没有对话模板：它只会顺着对话文本往下续写。</translation>
    </message>
    <message>
        <source>chat template</source>
        <translation type="vanished">对话模板</translation>
    </message>
    <message>
        <source>loading…</source>
        <translation type="vanished">正在加载…</translation>
    </message>
    <message>
        <source>plain continuation</source>
        <translation type="vanished">直接续写</translation>
    </message>
    <message>
        <source>transformers (slower)</source>
        <translation type="vanished">transformers（较慢）</translation>
    </message>
    <message>
        <source>{all} tokens context</source>
        <translation type="vanished">上下文 {all} 词元</translation>
    </message>
    <message>
        <source>{used} of {all} tokens</source>
        <translation type="vanished">已用 {used} / {all} 词元</translation>
    </message>
</context>
<context>
    <name>ChatSubject</name>
    <message>
        <source>Context (tokens)</source>
        <translation>上下文长度（词元）</translation>
    </message>
    <message>
        <source>Longer examples are truncated</source>
        <translation>更长的示例会被截断</translation>
    </message>
    <message>
        <source>Questions to answer at each evaluation, one per line</source>
        <translation>每次评估时要回答的问题，每行一个</translation>
    </message>
    <message>
        <source>Training chats</source>
        <translation>训练对话</translation>
    </message>
    <message>
        <source>{batch} chats per step, up to {tokens} tokens</source>
        <translation>每步 {batch} 段对话，最多 {tokens} 个词元</translation>
    </message>
</context>
<context>
    <name>ChatTree</name>
    <message>
        <source>Every version of every message of this chat</source>
        <translation>此对话中每条消息的所有版本</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>分支树</translation>
    </message>
</context>
<context>
    <name>Checking</name>
    <message numerus="yes">
        <source>%n file(s) differ from the Hub and are downloaded again: {names}</source>
        <translation>
            <numerusform>%n 个文件与 Hub 上的不一致，正在重新获取：{names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n file(s) match the Hub.</source>
        <translation>
            <numerusform>%n 个文件都与 Hub 上的一致。</numerusform>
        </translation>
    </message>
    <message>
        <source>Verifying checksums: {share}</source>
        <translation>正在校验文件：{share}</translation>
    </message>
    <message>
        <source>Verifying checksums…</source>
        <translation>正在校验文件…</translation>
    </message>
</context>
<context>
    <name>ClassBalance</name>
    <message>
        <source>Examples per class</source>
        <translation>每个类别有多少样本</translation>
    </message>
</context>
<context>
    <name>ClassesLine</name>
    <message>
        <source>Knows {count} classes: {names}</source>
        <translation>可识别 {count} 个类别：{names}</translation>
    </message>
</context>
<context>
    <name>ClassesModel</name>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>no class</source>
        <translation>无类别</translation>
    </message>
</context>
<context>
    <name>ClassesSubject</name>
    <message>
        <source>Class column</source>
        <translation>类别列</translation>
    </message>
    <message>
        <source>Class separator</source>
        <translation>类别分隔符</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Column of a second text, to classify pairs of texts</source>
        <translation>第二个文本所在的列，用于对文本对分类</translation>
    </message>
    <message>
        <source>Drop a table of texts with classes (CSV, TSV, JSON lines, Parquet) or a folder with one subfolder per class</source>
        <translation>将文本及其类别的表格拖到这里：CSV、TSV、JSON 行、Parquet，或每类一个文件夹</translation>
    </message>
    <message>
        <source>Second text column</source>
        <translation>第二个文本所在的列</translation>
    </message>
    <message>
        <source>Several or none per text</source>
        <translation>每条文本可有多个或没有类别</translation>
    </message>
    <message>
        <source>Text column</source>
        <translation>文本列</translation>
    </message>
    <message>
        <source>Texts can have several classes, or none, each with its own probability</source>
        <translation>文本可以有多个类别，也可以没有；每个类别有各自的概率</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>ClassesTable</name>
    <message>
        <source>Scores per class</source>
        <translation>各类别的得分</translation>
    </message>
</context>
<context>
    <name>ClassifyTask</name>
    <message>
        <source>Classified texts</source>
        <translation>各文本及其类别</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>导出 CSV…</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>另存为 CSV</translation>
    </message>
</context>
<context>
    <name>Closely</name>
    <message>
        <source>Maximize these tabs</source>
        <translation>让这些标签页占满空间</translation>
    </message>
    <message>
        <source>Step through one update…</source>
        <translation>逐步查看一次更新…</translation>
    </message>
</context>
<context>
    <name>CompareTable</name>
    <message>
        <source>Differences between the compared runs and their results</source>
        <translation>所对比训练任务的差异及其结果</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Enter to send after this reply</source>
        <translation>按 Enter 在本条回复后发送</translation>
    </message>
    <message>
        <source>Enter to send after this reply · Shift+Enter for a new line</source>
        <translation type="vanished">Enter：本条回复后发送 · Shift+Enter：换行</translation>
    </message>
    <message>
        <source>Enter to send · Shift+Enter for a new line</source>
        <translation>Enter 发送 · Shift+Enter 换行</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop · Esc</source>
        <translation>停止 · Esc</translation>
    </message>
    <message>
        <source>Write a message…</source>
        <translation>输入消息</translation>
    </message>
</context>
<context>
    <name>ConfusionMatrix</name>
    <message>
        <source>predicted →</source>
        <translation>预测 →</translation>
    </message>
    <message>
        <source>{label} predicted as {other}: {count} of {of} ({share})</source>
        <translation>{label} 预测为 {other}：{count} / {of}（{share}）</translation>
    </message>
    <message>
        <source>{label}, correct: {count} of {of} ({share})</source>
        <translation>{label}，正确：{count} / {of}（{share}）</translation>
    </message>
</context>
<context>
    <name>ContextWords</name>
    <message>
        <source>chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>plain continuation</source>
        <translation>直接续写</translation>
    </message>
    <message>
        <source>transformers (slower)</source>
        <translation>transformers（较慢）</translation>
    </message>
    <message>
        <source>{all} tokens context</source>
        <translation>上下文 {all} 词元</translation>
    </message>
    <message>
        <source>{used} of {all} tokens</source>
        <translation>已用 {used} / {all} 词元</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Import chats…</source>
        <translation>导入对话…</translation>
    </message>
    <message>
        <source>No chat contains “{words}”.</source>
        <translation>没有对话包含“{words}”。</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Your chats appear here.</source>
        <translation>你的对话会显示在这里。</translation>
    </message>
</context>
<context>
    <name>CostPanel</name>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>设备耗电</translation>
    </message>
    <message>
        <source>Energy price</source>
        <translation>电费</translation>
    </message>
    <message>
        <source>Inference memory (16 bits)</source>
        <translation>部署所需内存（16 位）</translation>
    </message>
    <message>
        <source>Number of devices</source>
        <translation>设备数量</translation>
    </message>
    <message>
        <source>On all devices</source>
        <translation>用全部设备</translation>
    </message>
    <message>
        <source>On one device</source>
        <translation>用一台设备</translation>
    </message>
    <message>
        <source>Operations</source>
        <translation>运算量</translation>
    </message>
    <message>
        <source>Price per kWh</source>
        <translation>每千瓦时电价</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Training memory (32 bits)</source>
        <translation>训练所需内存（32 位）</translation>
    </message>
    <message>
        <source>Training pictures</source>
        <translation>训练图片数</translation>
    </message>
    <message>
        <source>Training tokens</source>
        <translation>训练词元数</translation>
    </message>
    <message>
        <source>Utilization</source>
        <translation>利用率</translation>
    </message>
    <message>
        <source>{days} days</source>
        <translation>{days} 天</translation>
    </message>
    <message>
        <source>{device}: {speed} FLOP/s in 16 bits and {watts} W ({source}). Weights, gradients and Adam’s moments; activations come on top.</source>
        <translation>{device}：16 位下 {speed} FLOP/s，{watts} W（{source}）。内存包括权重、梯度和 Adam 的两个矩；激活另计。</translation>
    </message>
</context>
<context>
    <name>Counting</name>
    <message numerus="yes">
        <source>{count} chat(s)</source>
        <translation>
            <numerusform>{count} 段对话</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} class(es)</source>
        <translation>
            <numerusform>{count} 个类别</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} error(s)</source>
        <translation>
            <numerusform>{count} 个错误</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} note(s)</source>
        <translation>
            <numerusform>{count} 条提示</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} pair(s)</source>
        <translation>
            <numerusform>{count} 对</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} paragraph(s)</source>
        <translation>
            <numerusform>{count} 个段落</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} picture(s)</source>
        <translation>
            <numerusform>{count} 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} sentence(s)</source>
        <translation>
            <numerusform>{count} 个句子</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tag(s)</source>
        <translation>
            <numerusform>{count} 个标签</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} text(s)</source>
        <translation>
            <numerusform>{count} 条文本</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} warning(s)</source>
        <translation>
            <numerusform>{count} 个警告</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation>事故报告</translation>
    </message>
    <message>
        <source>Nothing was sent. Copy the report to ask for help.</source>
        <translation>报告没有发送到任何地方。如需求助，可以复制下来发给别人。</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
</context>
<context>
    <name>CrashStrip</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Runs continued without it, and chats were saved.</source>
        <translation>训练不受影响，对话已保存。</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>查看详情</translation>
    </message>
    <message>
        <source>The window crashed last time.</source>
        <translation>上次打开时窗口崩溃了。</translation>
    </message>
    <message>
        <source>The window ended unexpectedly last time: it was killed, or the power failed.</source>
        <translation>上次窗口没有正常关闭：进程被终止，或者断电了。</translation>
    </message>
</context>
<context>
    <name>Curves</name>
    <message>
        <source>Click a point (or press Enter on it) to see the examples of that step</source>
        <translation>点击一个点（或在其上按回车）查看那一步的样本</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Ctrl+wheel to zoom, drag to pan</source>
        <translation>Ctrl+滚轮缩放，拖动平移</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Log scale</source>
        <translation>对数坐标</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Loss and evaluation loss by step</source>
        <translation>训练损失与验证损失随步数的变化</translation>
    </message>
    <message>
        <source>No smoothing</source>
        <translation>不平滑</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Show the losses of other runs</source>
        <translation>将其他训练任务的损失曲线画在一起对比</translation>
    </message>
    <message>
        <source>Smoothing of the loss</source>
        <translation>损失曲线的平滑程度</translation>
    </message>
    <message>
        <source>Smoothing {factor}</source>
        <translation>平滑 {factor}</translation>
    </message>
    <message>
        <source>X axis</source>
        <translation>横轴</translation>
    </message>
    <message>
        <source>evaluation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>smoothed</source>
        <translation>平滑后</translation>
    </message>
</context>
<context>
    <name>CurvesExport</name>
    <message>
        <source>A folder with train.py, the initial model and the data; it reproduces the run&apos;s losses</source>
        <translation>一个文件夹，内含 train.py、训练开始时的模型及其数据：运行它会得到与该训练任务相同的损失</translation>
    </message>
    <message>
        <source>Another program wrote this run; its computation is unknown</source>
        <translation>此训练任务由其他程序写入：这里不知道它计算了什么</translation>
    </message>
    <message>
        <source>Choose a location for the script</source>
        <translation>在哪里创建脚本文件夹</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Exporting a script…</source>
        <translation>正在导出脚本</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>正在导出…</translation>
    </message>
    <message>
        <source>No run is shown</source>
        <translation>没有显示任何训练任务</translation>
    </message>
    <message>
        <source>PyTorch script…</source>
        <translation>PyTorch 脚本…</translation>
    </message>
    <message>
        <source>The script is in {path}</source>
        <translation>脚本在 {path}</translation>
    </message>
    <message>
        <source>This bundled run&apos;s training data is not on this computer</source>
        <translation>此内置训练任务所学习的数据不在本机上</translation>
    </message>
</context>
<context>
    <name>CurvesPlot</name>
    <message>
        <source>No points yet</source>
        <translation>暂无数据点</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
</context>
<context>
    <name>DataCounts</name>
    <message>
        <source>By length in {unit}</source>
        <translation>按长度分布（{unit}）</translation>
    </message>
    <message>
        <source>By the shorter side in {unit}</source>
        <translation>按短边分布（{unit}）</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Classes per text</source>
        <translation>每条文本的类别数</translation>
    </message>
    <message>
        <source>Counts cover the first {size}.</source>
        <translation>只统计了开头的 {size}。</translation>
    </message>
    <message>
        <source>Exact duplicates</source>
        <translation>完全重复</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Lengths, {part}</source>
        <translation>长度，{part}</translation>
    </message>
    <message>
        <source>Longer than the context</source>
        <translation>超过上下文长度</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>No evaluation example is in the training data.</source>
        <translation>验证部分没有样本出现在训练部分中。</translation>
    </message>
    <message>
        <source>None.</source>
        <translation>没有。</translation>
    </message>
    <message>
        <source>One epoch takes {updates} updates.</source>
        <translation>一轮需要 {updates} 次更新。</translation>
    </message>
    <message>
        <source>Shortest ({unit})</source>
        <translation>最短（{unit}）</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Without a class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>{classes}, from {least} to {most} each; the largest has {share}.</source>
        <translation>{classes}，每个有 {least} 到 {most} 个；最大的占 {share}。</translation>
    </message>
    <message>
        <source>{classes}, {most} each.</source>
        <translation>{classes}，每个 {most} 个。</translation>
    </message>
    <message>
        <source>{count} evaluation examples are in the training data too.</source>
        <translation>验证部分中有 {count} 也在训练部分里。</translation>
    </message>
    <message>
        <source>{least}–{most}, mean {mean}</source>
        <translation>{least}–{most}，平均 {mean}</translation>
    </message>
</context>
<context>
    <name>DataDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Checking data…</source>
        <translation>正在查看数据</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Data not checked</source>
        <translation>没有查看数据</translation>
    </message>
    <message>
        <source>Data of {name}</source>
        <translation>{name} 的数据</translation>
    </message>
    <message>
        <source>Drawing examples…</source>
        <translation>正在抽取样本</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Findings ({count})</source>
        <translation>发现（{count}）</translation>
    </message>
    <message>
        <source>Reads the files again</source>
        <translation>按文件现在的样子重新读取</translation>
    </message>
</context>
<context>
    <name>DataExamples</name>
    <message>
        <source>Copy location</source>
        <translation>复制所在位置</translation>
    </message>
    <message>
        <source>Draws the next step&apos;s examples</source>
        <translation>抽取下一步的示例</translation>
    </message>
    <message>
        <source>Example {number} of {count}</source>
        <translation>第 {number} 个样本，共 {count} 个</translation>
    </message>
    <message>
        <source>Examples of this step</source>
        <translation>这一步的样本</translation>
    </message>
    <message>
        <source>Model input</source>
        <translation>模型输入</translation>
    </message>
    <message>
        <source>Model input, mixed with another picture</source>
        <translation>模型输入，与另一张图片混合</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Original picture</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>Point at a token, or use the arrow keys.</source>
        <translation>指向一个词元，或用方向键移到它上面。</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Shuffle</source>
        <translation>重新抽样</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Step of the examples</source>
        <translation>显示哪一步的样本</translation>
    </message>
    <message>
        <source>added by the tokenizer or template</source>
        <translation>由分词器或模板加入</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>另有 {count} 个</translation>
    </message>
    <message>
        <source>and {count} more with {share} in total</source>
        <translation>另有 {count} 个，共占 {share}</translation>
    </message>
    <message>
        <source>context only</source>
        <translation>仅作上下文</translation>
    </message>
    <message>
        <source>kept: predict it</source>
        <translation>保留：仍需预测</translation>
    </message>
    <message>
        <source>masked: predict the word below</source>
        <translation>遮盖：预测下方的词</translation>
    </message>
    <message>
        <source>no class</source>
        <translation>无类别</translation>
    </message>
    <message>
        <source>predicted by the model</source>
        <translation>由模型预测</translation>
    </message>
    <message>
        <source>rejected answer</source>
        <translation>被拒绝的回答</translation>
    </message>
    <message>
        <source>replaced by a random token</source>
        <translation>替换为随机词元</translation>
    </message>
    <message>
        <source>target: the token below</source>
        <translation>目标：下方的词元</translation>
    </message>
    <message>
        <source>truncated to the context</source>
        <translation>超过长度，已截断</translation>
    </message>
</context>
<context>
    <name>DataField</name>
    <message>
        <source>From the Hub…</source>
        <translation>从 Hub 获取…</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
</context>
<context>
    <name>DataFindings</name>
    <message>
        <source>Checked for: {what}</source>
        <translation>检查了：{what}</translation>
    </message>
    <message>
        <source>Copy file and line</source>
        <translation>复制文件和行号</translation>
    </message>
    <message>
        <source>No problems found</source>
        <translation>没有发现需要修正的问题</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>发现的问题</translation>
    </message>
    <message>
        <source>duplicate examples</source>
        <translation>重复的样本</translation>
    </message>
    <message>
        <source>empty examples</source>
        <translation>空的样本</translation>
    </message>
    <message>
        <source>examples in both training and evaluation</source>
        <translation>两部分中都有的样本</translation>
    </message>
    <message>
        <source>rare or missing classes</source>
        <translation>稀少或缺失的类别</translation>
    </message>
    <message>
        <source>texts longer than the context</source>
        <translation>超过长度的文本</translation>
    </message>
    <message>
        <source>unreadable lines</source>
        <translation>无法读取的行</translation>
    </message>
    <message>
        <source>{count} in total.</source>
        <translation>共 {count} 处。</translation>
    </message>
    <message>
        <source>{count} in total; the first {shown} are listed.</source>
        <translation>共 {count} 处；这里是前 {shown} 处。</translation>
    </message>
</context>
<context>
    <name>DatasetDialog</name>
    <message>
        <source>A dataset name on the Hub, such as stanfordnlp/imdb. Files are downloaded once and verified; no script is run.</source>
        <translation>Hub 上的数据集名称，例如 stanfordnlp/imdb。其文件只下载一次并经过校验；不会运行任何脚本。</translation>
    </message>
    <message>
        <source>Address of the dataset</source>
        <translation>数据集地址</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Data from the Hub</source>
        <translation>来自 Hub 的数据</translation>
    </message>
    <message>
        <source>Download and use</source>
        <translation>下载并使用</translation>
    </message>
    <message>
        <source>Download progress</source>
        <translation>下载进度</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>No datasets downloaded yet.</source>
        <translation>本机还没有来自 Hub 的数据集。</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Stop (the download can resume)</source>
        <translation>停止（可继续下载）</translation>
    </message>
    <message>
        <source>Stopped. The download can resume.</source>
        <translation>已停止。下载可以继续。</translation>
    </message>
    <message>
        <source>Use dataset</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>contacting the Hub…</source>
        <translation>正在询问 Hub…</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>DeleteForGood</name>
    <message>
        <source>Delete for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Delete for good?</source>
        <translation>彻底删除？</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>This frees {size} and can&apos;t be undone. To use the model again, download it again.</source>
        <translation>删除可释放 {size}，但无法撤销；再用时需要重新下载。</translation>
    </message>
</context>
<context>
    <name>DeviceCard</name>
    <message>
        <source>Load</source>
        <translation>利用率</translation>
    </message>
    <message>
        <source>Memory, ours</source>
        <translation>本应用内存</translation>
    </message>
    <message>
        <source>Memory: {ours} ours</source>
        <translation>内存：本应用 {ours}</translation>
    </message>
    <message>
        <source>Memory: {ours} ours of {total}</source>
        <translation>内存：本应用 {ours}，共 {total}</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功耗</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
</context>
<context>
    <name>DiskCard</name>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>{free} free of {total}</source>
        <translation>可用 {free}，共 {total}</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Cancel and delete the partial download</source>
        <translation>取消：删除已下载的内容</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停：保留已下载的内容</translation>
    </message>
    <message>
        <source>Resume (sends requests to the Hub)</source>
        <translation>继续：会询问 Hub</translation>
    </message>
    <message>
        <source>cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>contacting the Hub…</source>
        <translation>正在询问 Hub…</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已中止</translation>
    </message>
    <message>
        <source>verifying…</source>
        <translation>正在校验…</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>排队等待</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>DownloadsPanel</name>
    <message>
        <source>Downloads</source>
        <translation>下载量</translation>
    </message>
</context>
<context>
    <name>DraftPicker</name>
    <message>
        <source>A smaller model with the same tokenizer guesses ahead: same text, sooner.</source>
        <translation>使用相同分词器的较小模型提前猜测：文本相同，速度更快。</translation>
    </message>
    <message>
        <source>Draft model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>Last reply: {share} of {count} drafted tokens accepted.</source>
        <translation>上次回复：{count} 个草稿词元中有 {share} 被接受。</translation>
    </message>
    <message>
        <source>No smaller model on this computer can guess for this one.</source>
        <translation>此电脑上没有可为该模型提前猜测的较小模型。</translation>
    </message>
    <message>
        <source>None: look up in the chat</source>
        <translation>无：在对话中查找</translation>
    </message>
</context>
<context>
    <name>EmbedTask</name>
    <message>
        <source>Cosine similarity of the embeddings: 1 = same direction, 0 = unrelated.</source>
        <translation>各文本向量夹角的余弦：1 表示方向相同，0 表示无关。</translation>
    </message>
    <message>
        <source>Point at a cell, or use the arrow keys.</source>
        <translation>指向一个单元格，或用方向键逐格查看。</translation>
    </message>
    <message>
        <source>This model was not trained for similarity: most of its embeddings point the same way.</source>
        <translation>这个模型没有为比较文本训练过：它的向量大多指向同一方向。</translation>
    </message>
</context>
<context>
    <name>EvaluationView</name>
    <message>
        <source>All</source>
        <translation>全部混淆</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Evaluation after step</source>
        <translation>评估所在的步</translation>
    </message>
    <message>
        <source>Evaluation view</source>
        <translation>显示评估的哪一部分</translation>
    </message>
    <message>
        <source>Examples of the chosen cell</source>
        <translation>所选单元格的样本</translation>
    </message>
    <message>
        <source>Examples with the largest losses</source>
        <translation>损失最大的样本</translation>
    </message>
    <message>
        <source>Hardest</source>
        <translation>最难</translation>
    </message>
    <message>
        <source>Most confused classes</source>
        <translation>最常混淆的类别</translation>
    </message>
    <message>
        <source>The confusion matrix appears after the first evaluation.</source>
        <translation>第一次评估后会有混淆矩阵。</translation>
    </message>
    <message>
        <source>after step {step}</source>
        <translation>第 {step} 步之后</translation>
    </message>
    <message>
        <source>{label} predicted as {other}: {count}</source>
        <translation>{label} 预测为 {other}：{count}</translation>
    </message>
</context>
<context>
    <name>ExamplesPane</name>
    <message>
        <source>No picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>The chosen example</source>
        <translation>所选样本</translation>
    </message>
    <message>
        <source>loss {loss}</source>
        <translation>损失 {loss}</translation>
    </message>
    <message>
        <source>predicted: {label}</source>
        <translation>预测：{label}</translation>
    </message>
    <message>
        <source>stronger color = larger loss on a token</source>
        <translation>颜色越深，该词元的损失越大</translation>
    </message>
    <message>
        <source>true: {label}</source>
        <translation>真实：{label}</translation>
    </message>
    <message>
        <source>up to {loss}</source>
        <translation>最大 {loss}</translation>
    </message>
</context>
<context>
    <name>ExamplesTable</name>
    <message>
        <source>Expected</source>
        <translation>期望答案</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Type an example…</source>
        <translation>输入一个示例…</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>not tried yet</source>
        <translation>尚未试用</translation>
    </message>
    <message>
        <source>{right} of {all} right</source>
        <translation>{all} 个中 {right} 个正确</translation>
    </message>
</context>
<context>
    <name>ExperimentForm</name>
    <message>
        <source>Large: hours</source>
        <translation>大：数小时</translation>
    </message>
    <message>
        <source>None: generated shapes</source>
        <translation>未选择：使用此处绘制的简单图形</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Small: minutes</source>
        <translation>小：数分钟</translation>
    </message>
    <message>
        <source>a text, or a folder of texts</source>
        <translation>一个文本，或一个文本文件夹</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>whole numbers, for example 32, 64k, 1M</source>
        <translation>整数，例如 32, 64k, 1M</translation>
    </message>
</context>
<context>
    <name>ExperimentsDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Drawn pictures</source>
        <translation>已绘制的图片</translation>
    </message>
    <message>
        <source>Experiments</source>
        <translation>实验</translation>
    </message>
    <message>
        <source>Generating training pictures (once)…</source>
        <translation>正在绘制训练图片（只需一次）…</translation>
    </message>
    <message numerus="yes">
        <source>Queue {count} run(s)</source>
        <translation>
            <numerusform>将 {count} 个训练任务加入队列</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s)</source>
        <translation>
            <numerusform>{count} 个训练任务</numerusform>
        </translation>
    </message>
    <message>
        <source>{runs}, about {time} on this computer</source>
        <translation>{runs}，在这台计算机上约需 {time}</translation>
    </message>
    <message>
        <source>{runs}. Measuring this computer&apos;s speed…</source>
        <translation>{runs}。正在测量本机速度…</translation>
    </message>
</context>
<context>
    <name>Facts</name>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>It ended unexpectedly before its first checkpoint. Resume starts over.</source>
        <translation>在第一个检查点之前意外结束。继续会从头开始。</translation>
    </message>
    <message>
        <source>It ended unexpectedly. Resume continues from the last checkpoint.</source>
        <translation>意外结束。继续会从最后的检查点接着训练。</translation>
    </message>
    <message>
        <source>Older checkpoints are removed when the run reaches its disk budget.</source>
        <translation>训练占用达到磁盘预算后，会删除较早的检查点。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>已完成的步数</translation>
    </message>
</context>
<context>
    <name>Fields</name>
    <message>
        <source>Add at least one file or folder.</source>
        <translation>请添加至少一个文件或文件夹。</translation>
    </message>
    <message>
        <source>{title} must be {may_be}.</source>
        <translation>{title}：应为{may_be}。</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Computed from the structure</source>
        <translation>由结构计算</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Head size</source>
        <translation>每个头的宽度</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头数</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Multiply-adds per picture</source>
        <translation>每张图片的乘加次数</translation>
    </message>
    <message>
        <source>Open the paper</source>
        <translation>阅读论文</translation>
    </message>
    <message>
        <source>Open this address in the browser?</source>
        <translation>在浏览器中打开此地址？</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>论文公布</translation>
    </message>
    <message>
        <source>Training tokens</source>
        <translation>训练词元数</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>counting…</source>
        <translation>正在计数…</translation>
    </message>
    <message>
        <source>{figure} · agrees</source>
        <translation>{figure} · 一致</translation>
    </message>
    <message>
        <source>{figure} · differs, see the note</source>
        <translation>{figure} · 不一致，见说明</translation>
    </message>
</context>
<context>
    <name>FileExport</name>
    <message>
        <source>Picture (PNG)…</source>
        <translation>图片 (PNG)…</translation>
    </message>
    <message>
        <source>Save the curves as</source>
        <translation>曲线另存为</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>表格 (CSV)…</translation>
    </message>
    <message>
        <source>Vector graphic (SVG)…</source>
        <translation>矢量图（SVG）…</translation>
    </message>
</context>
<context>
    <name>FilesField</name>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Training files</source>
        <translation>训练文件</translation>
    </message>
</context>
<context>
    <name>FillMaskTask</name>
    <message>
        <source>Texts, one per line</source>
        <translation>文本，每行一条</translation>
    </message>
</context>
<context>
    <name>FilledSentence</name>
    <message>
        <source>Mask {number}</source>
        <translation>遮盖 {number}</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>Any library</source>
        <translation>任何库</translation>
    </message>
    <message>
        <source>Any license</source>
        <translation>任何许可证</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任何大小</translation>
    </message>
    <message>
        <source>Any task</source>
        <translation>任何任务</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>适合本机</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>库</translation>
    </message>
    <message>
        <source>License</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Up to about {parameters} parameters with the memory free now</source>
        <translation>按目前空闲的内存，最多约 {parameters} 个参数</translation>
    </message>
    <message>
        <source>over {least}</source>
        <translation>超过 {least}</translation>
    </message>
    <message>
        <source>up to {most}</source>
        <translation>不超过 {most}</translation>
    </message>
    <message>
        <source>{least} to {most}</source>
        <translation>{least} 至 {most}</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>A folder with one subfolder per class</source>
        <translation>选择按类别分子文件夹的文件夹</translation>
    </message>
    <message>
        <source>A table with path and class of each picture</source>
        <translation>列出每张图片路径和类别的表格</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Add a table…</source>
        <translation>添加表格…</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>正在统计…</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>{classes} classes, over {count} pictures</source>
        <translation>{classes} 个类别，超过 {count} 张图片</translation>
    </message>
    <message>
        <source>{classes} classes, {count} pictures</source>
        <translation>{classes} 个类别，{count} 张图片</translation>
    </message>
</context>
<context>
    <name>FolderFilter</name>
    <message>
        <source>All chats</source>
        <translation>所有对话</translation>
    </message>
    <message>
        <source>Folder: {name}</source>
        <translation>文件夹：{name}</translation>
    </message>
    <message>
        <source>Move to folder</source>
        <translation>移到文件夹</translation>
    </message>
    <message>
        <source>Name of the folder</source>
        <translation>文件夹名称</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>新建文件夹</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>新建文件夹…</translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>不放入文件夹</translation>
    </message>
</context>
<context>
    <name>Foot</name>
    <message>
        <source>1 picture</source>
        <translation>1 张图片</translation>
    </message>
    <message>
        <source>1 unreadable: {name}. {reason}</source>
        <translation>1 张无法读取：{name}。{reason}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Classified pictures</source>
        <translation>已识别的图片</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始训练</translation>
    </message>
    <message>
        <source>Start {count} runs</source>
        <translation>开始 {count} 次训练</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>{count} pictures</source>
        <translation>{count} 张图片</translation>
    </message>
    <message>
        <source>{count} unreadable</source>
        <translation>{count} 张无法读取</translation>
    </message>
    <message>
        <source>{done} done</source>
        <translation>已完成 {done} 张</translation>
    </message>
</context>
<context>
    <name>ForkDialog</name>
    <message>
        <source>A separate run that continues from a checkpoint with its optimizer state. Steps continue, so the curves can be compared.</source>
        <translation>从一个检查点继续的独立训练任务，优化器保持当时的状态。步数接着计算，因此曲线可以叠放。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Fork</source>
        <translation>分叉</translation>
    </message>
    <message>
        <source>Fork {run}</source>
        <translation>分叉 {run}</translation>
    </message>
    <message>
        <source>From step</source>
        <translation>起始步</translation>
    </message>
    <message>
        <source>Gradient accumulation</source>
        <translation>梯度累积</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Other settings, one per line</source>
        <translation>其他设置，每行一项</translation>
    </message>
    <message>
        <source>Total steps</source>
        <translation>总步数</translation>
    </message>
    <message>
        <source>a number, for example 1e-3</source>
        <translation>一个数，如 1e-3</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Ctrl+K finds every action, page, model, run and chat.</source>
        <translation>按 Ctrl+K 可查找所有操作、页面、模型、训练记录和对话。</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>指南</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show {page}</source>
        <translation>显示{page}</translation>
    </message>
</context>
<context>
    <name>HeadsSubject</name>
    <message>
        <source>Evaluation data</source>
        <translation>评估数据</translation>
    </message>
    <message>
        <source>Evaluation share</source>
        <translation>评估比例</translation>
    </message>
    <message>
        <source>Longest text (tokens)</source>
        <translation>最长文本（词元）</translation>
    </message>
    <message>
        <source>None: uses a share of the data above</source>
        <translation>无：取上面数据的一部分</translation>
    </message>
    <message>
        <source>Texts to classify at each evaluation, one per line (none: from the data)</source>
        <translation>每次评估时试用的文本，每行一条（留空则取部分数据）</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>{count} texts per step</source>
        <translation>每步 {count} 条文本</translation>
    </message>
</context>
<context>
    <name>HeatMap</name>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
</context>
<context>
    <name>HowCard</name>
    <message>
        <source>About a third slower; saves much memory with many layers or a long context</source>
        <translation>梯度检查点：慢三分之一，层数多或上下文长时内存少得多</translation>
    </message>
    <message>
        <source>Add a setting…</source>
        <translation>添加设置…</translation>
    </message>
    <message>
        <source>Beyond it older checkpoints are thinned out, never the best</source>
        <translation>超出后会均匀删减较旧的检查点，但绝不删除最佳检查点</translation>
    </message>
    <message>
        <source>Checkpoints to keep (0: all)</source>
        <translation>保留的检查点数（0：全部）</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout（随机失活）</translation>
    </message>
    <message>
        <source>Gradient accumulation</source>
        <translation>梯度累积</translation>
    </message>
    <message>
        <source>Gradient checkpointing (less memory, slower)</source>
        <translation>梯度检查点（省内存，较慢）</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>One setting per line with its values; each combination becomes a run</source>
        <translation>每行一项设置及要尝试的值：每种组合成为一个训练任务</translation>
    </message>
    <message>
        <source>Patience (evaluations; 0: off)</source>
        <translation>耐心（评估次数；0：关闭）</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Resumable (0: all)</source>
        <translation>可恢复的（0：全部）</translation>
    </message>
    <message>
        <source>Resumable checkpoints (0: all)</source>
        <translation type="vanished">可恢复的检查点（0：全部）</translation>
    </message>
    <message>
        <source>Setting to sweep</source>
        <translation>要扫描的设置</translation>
    </message>
    <message>
        <source>Share of the free disk (0: no limit)</source>
        <translation>占可用磁盘的比例（0：不限）</translation>
    </message>
    <message>
        <source>Stops the run after this many evaluations without improvement</source>
        <translation>连续这么多次评估没有变好后，训练任务结束</translation>
    </message>
    <message>
        <source>Sweep over values</source>
        <translation>尝试多个值（扫描）</translation>
    </message>
    <message>
        <source>The newest checkpoints keep the trainer&apos;s state, from which a run resumes exactly</source>
        <translation>最新的检查点保留训练器状态，训练任务可由此精确恢复</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>HubView</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n 个模型</numerusform>
        </translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Contacting the Hub…</source>
        <translation>正在询问 Hub…</translation>
    </message>
    <message>
        <source>Go online</source>
        <translation>转为在线</translation>
    </message>
    <message>
        <source>Loading files and model card…</source>
        <translation>正在获取文件与说明…</translation>
    </message>
    <message>
        <source>Models on the Hub</source>
        <translation>Hub 上的模型</translation>
    </message>
    <message>
        <source>No model on the Hub matches.</source>
        <translation>Hub 上没有这样的模型。</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Search the Hub</source>
        <translation>搜索 Hub</translation>
    </message>
    <message>
        <source>Show most downloaded</source>
        <translation>显示下载最多的</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The application is offline, so the Hub wasn&apos;t searched for “{text}”.</source>
        <translation>程序处于离线状态，因此没有在 Hub 上搜索“{text}”。</translation>
    </message>
    <message>
        <source>The application is offline.</source>
        <translation>应用处于离线状态。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Type to search, or choose a filter. Requests are sent only when you search.</source>
        <translation>输入要找的内容，或在上方选择。只有这时才会询问 Hub。</translation>
    </message>
    <message>
        <source>end of list</source>
        <translation>已是全部</translation>
    </message>
    <message>
        <source>loading more…</source>
        <translation>正在获取更多…</translation>
    </message>
    <message>
        <source>scroll for more</source>
        <translation>滚动以获取更多</translation>
    </message>
    <message>
        <source>{variable} is set: unset it, then start the application again.</source>
        <translation>设置了 {variable}：请取消它，然后重新启动程序。</translation>
    </message>
</context>
<context>
    <name>ImagesPage</name>
    <message>
        <source>Choose a model above to classify this picture.</source>
        <translation>请在上方选择模型来识别这张图片。</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Drop a model folder here, or open one from the model menu above.</source>
        <translation>将模型文件夹拖到这里，或从上方的模型菜单中打开。</translation>
    </message>
    <message>
        <source>Drop pictures here</source>
        <translation>将图片拖到这里</translation>
    </message>
    <message>
        <source>Files or folders; or paste a picture with Ctrl+V.</source>
        <translation>可以拖入文件或文件夹，也可以按 Ctrl+V 粘贴图片。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>No image classifier yet</source>
        <translation>还没有图片分类模型</translation>
    </message>
    <message>
        <source>No preview.</source>
        <translation>这张图片没有预览。</translation>
    </message>
    <message>
        <source>Not classified: stopped.</source>
        <translation>尚未识别：已停止。</translation>
    </message>
    <message>
        <source>Open pictures</source>
        <translation>打开图片</translation>
    </message>
    <message>
        <source>Open pictures…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Pictures ({kinds})</source>
        <translation>图片 ({kinds})</translation>
    </message>
    <message>
        <source>Try the samples</source>
        <translation>试用示例图片</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>等待中…</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>显微镜</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>KindRows</name>
    <message>
        <source>Layer types</source>
        <translation>按层类型</translation>
    </message>
    <message>
        <source>others</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>{type} × {layers}</source>
        <translation>{type} × {layers}</translation>
    </message>
</context>
<context>
    <name>KnobRow</name>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>LanguageSubject</name>
    <message>
        <source>Context (tokens)</source>
        <translation>上下文长度（词元）</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头数</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Text column</source>
        <translation>文本列</translation>
    </message>
    <message>
        <source>Training text</source>
        <translation>训练文本</translation>
    </message>
    <message>
        <source>Vocabulary (tokens)</source>
        <translation>词表大小（词元）</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{least} or more: every byte and the end-of-text token</source>
        <translation>不小于 {least}：包含全部字节和文本结束符</translation>
    </message>
    <message>
        <source>{tokens} tokens per step</source>
        <translation>每步 {tokens} 词元</translation>
    </message>
</context>
<context>
    <name>Lattice</name>
    <message>
        <source>Greedy</source>
        <translation>贪心</translation>
    </message>
    <message>
        <source>Lattice: probability of each tag for each word</source>
        <translation>网格：每个词取每个标签的概率</translation>
    </message>
    <message>
        <source>Viterbi</source>
        <translation>维特比</translation>
    </message>
    <message>
        <source>log-probability {number}</source>
        <translation>对数概率 {number}</translation>
    </message>
    <message>
        <source>on the Viterbi path</source>
        <translation>在维特比路径上</translation>
    </message>
    <message>
        <source>on the greedy path</source>
        <translation>在贪心路径上</translation>
    </message>
</context>
<context>
    <name>LayersView</name>
    <message>
        <source>Gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Histograms appear after each evaluation.</source>
        <translation>每次评估后会有直方图。</translation>
    </message>
    <message>
        <source>Histograms of</source>
        <translation>直方图内容</translation>
    </message>
    <message>
        <source>Histograms of the chosen layer</source>
        <translation>所选层的直方图</translation>
    </message>
    <message>
        <source>Layer metric</source>
        <translation>显示各层的哪项指标</translation>
    </message>
    <message>
        <source>Layer metrics appear here when the run records them.</source>
        <translation>训练任务查看各层之后，会在这里显示。</translation>
    </message>
    <message>
        <source>Layers by step</source>
        <translation>各层随步数的变化</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
</context>
<context>
    <name>LengthsChart</name>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>context {limit}</source>
        <translation>上下文 {limit}</translation>
    </message>
    <message>
        <source>truncated at {limit}</source>
        <translation>在 {limit} 处截断</translation>
    </message>
</context>
<context>
    <name>LevelLegend</name>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
</context>
<context>
    <name>LocalView</name>
    <message numerus="yes">
        <source>%n in the Hub’s cache, {size}</source>
        <translation>
            <numerusform>Hub 缓存中 %n 个，共 {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>共 %n 个模型</numerusform>
        </translation>
    </message>
    <message>
        <source>Clean up</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>Computing the structure…</source>
        <translation>正在分析结构…</translation>
    </message>
    <message>
        <source>Deletes partial downloads and files that no model uses. Incomplete models go to the trash and can be restored.</source>
        <translation>中断的下载留下的文件片段，以及没有模型使用的文件，会被删除。从未成为完整模型的内容会移入回收站，可以从中恢复。</translation>
    </message>
    <message>
        <source>Leftover download files: {size}</source>
        <translation>下载遗留：{size}</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>本机上的模型</translation>
    </message>
    <message>
        <source>No model here matches “{text}”. The Hub wasn&apos;t searched.</source>
        <translation>本机没有与“{text}”匹配的模型。没有搜索 Hub。</translation>
    </message>
    <message>
        <source>No model matches “{text}”.</source>
        <translation type="vanished">没有哪一行含有“{text}”。</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>这里还没有模型</translation>
    </message>
    <message>
        <source>Not on this computer</source>
        <translation>本机没有</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="vanished">没有找到</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Open a model folder (safetensors), or drop it on the window.</source>
        <translation>打开一个模型的文件夹（safetensors），或把它拖到窗口上。</translation>
    </message>
    <message>
        <source>Search the Hub</source>
        <translation>搜索 Hub</translation>
    </message>
    <message>
        <source>Search this computer</source>
        <translation>搜索本机模型</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>LogScatter</name>
    <message>
        <source>No points yet</source>
        <translation>暂无数据点</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>LogViewer</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Filter lines…</source>
        <translation>只显示包含…的行</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随最新</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>显示哪些行</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志内容</translation>
    </message>
    <message>
        <source>Log of</source>
        <translation>日志来源</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Logs stay on this computer and are never sent.</source>
        <translation>日志只保存在本机，不会发送到任何地方。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Run: {name}</source>
        <translation>训练任务：{name}</translation>
    </message>
    <message>
        <source>Show only lines with these words</source>
        <translation>只显示包含这些文字的行</translation>
    </message>
</context>
<context>
    <name>LookRow</name>
    <message>
        <source>Check data</source>
        <translation>检查数据</translation>
    </message>
    <message>
        <source>Shows examples, counts, and problems by file and line</source>
        <translation>模型将看到什么、各有多少，以及有什么问题（精确到文件和行）</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Open a folder of pictures, a model or a run</source>
        <translation>打开图片文件夹、模型或训练任务</translation>
    </message>
    <message>
        <source>Open pictures, texts or model weights</source>
        <translation>打开图片、文本或模型权重</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>MakingRoom</name>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>was unloaded so {run} can start.</source>
        <translation>已卸载，以便 {run} 可以开始。</translation>
    </message>
</context>
<context>
    <name>MaskInput</name>
    <message>
        <source>Mask word</source>
        <translation>遮盖词语</translation>
    </message>
    <message>
        <source>Replaces the word at the cursor with [MASK] ({keys})</source>
        <translation>用 [MASK] 替换光标处的词（{keys}）</translation>
    </message>
</context>
<context>
    <name>MaskedSubject</name>
    <message>
        <source>A blank line or a new file starts a new document</source>
        <translation>空行或另一个文件表示另一篇文档</translation>
    </message>
    <message>
        <source>Masked share</source>
        <translation>遮盖比例</translation>
    </message>
    <message>
        <source>Masking unit</source>
        <translation>遮盖单位</translation>
    </message>
    <message>
        <source>Next-sentence prediction</source>
        <translation>后一句是否接着前一句</translation>
    </message>
    <message>
        <source>Sentence pairs</source>
        <translation>句子对</translation>
    </message>
    <message>
        <source>Sentences with [MASK] to fill at each evaluation, one per line</source>
        <translation>每次评估时要填空的句子（含 [MASK]），每行一句</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>一个词的所有片段</translation>
    </message>
</context>
<context>
    <name>MeasuredTable</name>
    <message>
        <source>Error</source>
        <translation>偏差</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Measured on {device}: {time} per step.</source>
        <translation>在 {device} 上实测：每步 {time}。</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>峰值</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>预测</translation>
    </message>
</context>
<context>
    <name>MemorySplit</name>
    <message>
        <source>Available memory</source>
        <translation>可用内存</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Gradients of runs</source>
        <translation>训练任务的梯度</translation>
    </message>
    <message>
        <source>Key/value cache of the current reply</source>
        <translation>正在生成的回复所用的键值缓存（KV）</translation>
    </message>
    <message>
        <source>Memory of the system and other programs</source>
        <translation>系统和其他程序的占用</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Optimizer state of runs</source>
        <translation>优化器为每个参数保存的状态</translation>
    </message>
    <message>
        <source>Other (this application)</source>
        <translation>其他（本应用）</translation>
    </message>
    <message>
        <source>Other memory of this application: code, activations, pictures, this window</source>
        <translation>本应用进程的其余占用：代码、激活值、图片、本窗口</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>其他程序</translation>
    </message>
    <message>
        <source>Parameters and buffers of loaded models and runs</source>
        <translation>已加载模型和训练中模型的参数与缓冲区</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>MessageView</name>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>The previous version is kept; the arrows lead back to it.</source>
        <translation>原来的版本会保留，用箭头可以切换回去。</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
</context>
<context>
    <name>Microscope</name>
    <message>
        <source>Choose a token to see its alternatives.</source>
        <translation>选择一个词元以查看其候选。</translation>
    </message>
    <message>
        <source>Choose another token to continue from it</source>
        <translation>选择另一个词元以从它继续</translation>
    </message>
    <message>
        <source>Color by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>Continue from “{token}”</source>
        <translation>从“{token}”继续</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>排名</translation>
    </message>
    <message>
        <source>Replies appear here as tokens.</source>
        <translation>回复会以词元的形式显示在这里。</translation>
    </message>
    <message>
        <source>Score a text…</source>
        <translation>为文本评分…</translation>
    </message>
    <message>
        <source>Scoring the tokens…</source>
        <translation>正在为词元评分…</translation>
    </message>
    <message>
        <source>Shown after this reply.</source>
        <translation>此回复结束后显示。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped. Shown are the values kept with the reply.</source>
        <translation>已停止。显示的是随回复保存的数值。</translation>
    </message>
    <message>
        <source>perplexity {value}</source>
        <translation>困惑度 {value}</translation>
    </message>
    <message>
        <source>{count} more don&apos;t fit into the context</source>
        <translation>另有 {count} 个超出上下文</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{model} wrote this reply and isn&apos;t on this computer.</source>
        <translation>写出此回复的 {model} 不在这台电脑上。</translation>
    </message>
    <message>
        <source>{model} wrote this reply and isn&apos;t on this computer. Shown are the values kept with it.</source>
        <translation>写出此回复的 {model} 不在这台电脑上。显示的是随回复保存的数值。</translation>
    </message>
</context>
<context>
    <name>MiniChart</name>
    <message>
        <source>step {step}: {value}</source>
        <translation>第 {step} 步：{value}</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Check files</source>
        <translation>检查文件</translation>
    </message>
    <message>
        <source>Compares the files with the Hub&apos;s checksums; sends requests to the Hub</source>
        <translation>与 Hub 的校验和比对文件；校验和需要询问 Hub：请求会离开本机</translation>
    </message>
    <message>
        <source>Compute per picture</source>
        <translation>处理一张图片</translation>
    </message>
    <message>
        <source>Compute per token</source>
        <translation>处理一个词元</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Download missing files</source>
        <translation>下载缺少的文件</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>基本信息</translation>
    </message>
    <message>
        <source>Fine-tune…</source>
        <translation>微调…</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Model view</source>
        <translation>模型视图</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>规划</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Sends requests to the Hub</source>
        <translation>会向 Hub 发送请求</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Stop loading</source>
        <translation>停止加载</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Tied</source>
        <translation>共享</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Unloading…</source>
        <translation>正在卸载…</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 词元</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>4 bits</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>As stored ({dtype})</source>
        <translation>按原样（{dtype}）</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Model: {name} {details}</source>
        <translation>模型：{name} {details}</translation>
    </message>
    <message>
        <source>No fast path for this model; it runs on transformers</source>
        <translation>此模型没有快速路径，由 transformers 运行</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>尚无模型</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>about {rate}</source>
        <translation type="vanished">约 {rate}</translation>
    </message>
    <message>
        <source>same top token: {share}</source>
        <translation>最可能的词元相同：{share}</translation>
    </message>
    <message>
        <source>speed not measured</source>
        <translation>速度未测量</translation>
    </message>
    <message>
        <source>up to {rate}</source>
        <translation>最高 {rate}</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models shown</source>
        <translation>哪些模型</translation>
    </message>
    <message>
        <source>Searching sends requests to the Hub</source>
        <translation>搜索时会询问 Hub：内容会离开本机</translation>
    </message>
</context>
<context>
    <name>MonitorDock</name>
    <message>
        <source>Hide the monitor</source>
        <translation>隐藏监视器</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>测量中…</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视器</translation>
    </message>
    <message>
        <source>The installed PyTorch doesn&apos;t use this device.</source>
        <translation>已安装的 PyTorch 不使用此设备。</translation>
    </message>
</context>
<context>
    <name>NamedValues</name>
    <message>
        <source>Delete “{name}”</source>
        <translation>删除“{name}”</translation>
    </message>
    <message>
        <source>Rename “{name}”…</source>
        <translation>重命名“{name}”…</translation>
    </message>
    <message>
        <source>Undo: delete “{name}”</source>
        <translation>撤销：删除“{name}”</translation>
    </message>
</context>
<context>
    <name>NetworkButton</name>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Offline: no connections. Press to go online.</source>
        <translation>离线：不建立任何连接。点按以允许询问 Hub。</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Online: searching and downloading contact the Hub. Press to go offline.</source>
        <translation>在线：搜索或下载时询问 Hub。点按以转为离线。</translation>
    </message>
</context>
<context>
    <name>NetworkDialog</name>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n 个未得到有效答复</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Kept on this computer until the application closes. Texts and tokens are not recorded.</source>
        <translation>仅保存在本机，关闭应用后清除。其中不含文本与令牌。</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>No request</source>
        <translation>没有请求</translation>
    </message>
    <message>
        <source>No requests since the application started.</source>
        <translation>应用启动以来，没有任何内容离开本机。</translation>
    </message>
    <message>
        <source>Requests since start</source>
        <translation>启动以来的请求</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>另存为 CSV</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Work offline</source>
        <translation>离线工作</translation>
    </message>
    <message numerus="yes">
        <source>{host}: %n request(s), {sent} sent, {received} received</source>
        <translation>
            <numerusform>{host}：%n 个请求，发送 {sent}，接收 {received}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NewRun</name>
    <message>
        <source>About {needs} of memory</source>
        <translation>训练时约占内存 {needs}</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation type="vanished">批大小</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="vanished">取消</translation>
    </message>
    <message>
        <source>Evaluate every (steps)</source>
        <translation type="vanished">评估间隔（步）</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="vanished">学习率</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建训练</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>训练目标</translation>
    </message>
    <message>
        <source>Save every (steps)</source>
        <translation type="vanished">保存间隔（步）</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="vanished">随机种子</translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="vanished">开始训练</translation>
    </message>
    <message>
        <source>Start {count} runs</source>
        <translation type="vanished">开始 {count} 次训练</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="vanished">步数</translation>
    </message>
    <message>
        <source>a number, for example 1e-3</source>
        <translation type="vanished">一个数字，例如 1e-3</translation>
    </message>
    <message>
        <source>about {time} on this computer, roughly estimated</source>
        <translation>在本机上大约需要 {time}（粗略估计）</translation>
    </message>
    <message>
        <source>checkpoints take up to {size} on disk</source>
        <translation>检查点最多占用磁盘 {size}</translation>
    </message>
    <message>
        <source>time unknown until the first steps of this model</source>
        <translation>时间未知：该模型运行最初几步后才能知道</translation>
    </message>
    <message>
        <source>time unknown: this computer&apos;s speed is not measured yet</source>
        <translation>时间未知：尚未测量本机的速度</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 个参数</translation>
    </message>
    <message>
        <source>{count} parameters, {trained} of them trained</source>
        <translation>{count} 个参数，其中训练 {trained} 个</translation>
    </message>
    <message>
        <source>{memory} for weights, gradients and optimizer, {kept} per checkpoint · {amount}</source>
        <translation>权重、梯度和优化器共占 {memory}，每个保存的模型占 {kept} · {amount}</translation>
    </message>
</context>
<context>
    <name>NextSentenceTask</name>
    <message>
        <source>Does not follow</source>
        <translation>不接续</translation>
    </message>
    <message>
        <source>First sentence</source>
        <translation>第一句</translation>
    </message>
    <message>
        <source>Follows</source>
        <translation>接续</translation>
    </message>
    <message>
        <source>Probably doesn&apos;t follow.</source>
        <translation>看来不是下一句。</translation>
    </message>
    <message>
        <source>Probably follows.</source>
        <translation>可以是下一句。</translation>
    </message>
    <message>
        <source>Second sentence</source>
        <translation>第二句</translation>
    </message>
</context>
<context>
    <name>NoteEdit</name>
    <message>
        <source>Checkpoints named in the notes, like @200, are never removed to free up disk space.</source>
        <translation>备注中提到的检查点（如 @200）不会为腾出磁盘空间而被删除。</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Notes on the run</source>
        <translation>训练任务的备注</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Tags of the run</source>
        <translation>训练任务的标签</translation>
    </message>
    <message>
        <source>Words for search, separated by spaces</source>
        <translation>用来查找训练任务的词，以空格分隔</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n unfinished download(s).</source>
        <translation>
            <numerusform>%n 个下载尚未完成。</numerusform>
        </translation>
    </message>
    <message>
        <source>Big Model Studio</source>
        <translation>Big Model Studio</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>couldn&apos;t be downloaded completely.</source>
        <translation>未能下载完成。</translation>
    </message>
    <message>
        <source>ended unexpectedly.</source>
        <translation>意外结束。</translation>
    </message>
    <message>
        <source>has ended.</source>
        <translation>已结束。</translation>
    </message>
    <message>
        <source>has failed.</source>
        <translation>失败了。</translation>
    </message>
    <message>
        <source>has finished.</source>
        <translation>已完成。</translation>
    </message>
    <message>
        <source>was downloaded ({size}).</source>
        <translation>已在本机上（{size}）。</translation>
    </message>
    <message>
        <source>was not downloaded completely.</source>
        <translation>尚未下载完成。</translation>
    </message>
    <message>
        <source>was stopped.</source>
        <translation>已停止。</translation>
    </message>
</context>
<context>
    <name>OptionsTable</name>
    <message>
        <source>Alternatives</source>
        <translation>候选词元</translation>
    </message>
</context>
<context>
    <name>OverflowRow</name>
    <message>
        <source>More actions</source>
        <translation>更多操作</translation>
    </message>
</context>
<context>
    <name>Overlays</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Compare ({count})</source>
        <translation>对比（{count}）</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不对比</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>Show the inspector</source>
        <translation>显示详情栏</translation>
    </message>
    <message>
        <source>Show the list</source>
        <translation>显示列表</translation>
    </message>
</context>
<context>
    <name>PairField</name>
    <message>
        <source>Drop preference pairs here: JSON, JSONL or Parquet with prompt, chosen and rejected</source>
        <translation>把偏好对拖到这里：含 prompt、chosen 和 rejected 的 JSON、JSONL 或 Parquet</translation>
    </message>
    <message>
        <source>Preference pairs</source>
        <translation>偏好对</translation>
    </message>
    <message>
        <source>Training pairs</source>
        <translation>训练用的偏好对</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>No matches.</source>
        <translation>没有找到匹配项。</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Search actions, models, runs and chats</source>
        <translation>搜索操作、模型、训练任务和对话</translation>
    </message>
</context>
<context>
    <name>ParametersCard</name>
    <message>
        <source>No model loaded. Chatting or opening pictures loads one.</source>
        <translation>没有加载模型。开始对话或打开图片时会加载。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Trainable parameters for full fine-tuning</source>
        <translation>按模型结构统计：全量微调会更新的参数</translation>
    </message>
    <message>
        <source>{total} total</source>
        <translation>共 {total}</translation>
    </message>
    <message>
        <source>{trainable} trainable · {frozen} frozen</source>
        <translation>可训练 {trainable} · 冻结 {frozen}</translation>
    </message>
</context>
<context>
    <name>PictureSubject</name>
    <message>
        <source>, about {times} epochs</source>
        <translation>，约 {times} 轮</translation>
    </message>
    <message>
        <source>Blocks per stage</source>
        <translation>各阶段的块数</translation>
    </message>
    <message>
        <source>Channels per stage</source>
        <translation>各阶段的通道数</translation>
    </message>
    <message>
        <source>Class column</source>
        <translation>类别列</translation>
    </message>
    <message>
        <source>Drop a folder with one subfolder of pictures per class, or a table of paths</source>
        <translation>拖入每个类别各有一个图片子文件夹的文件夹，或列出图片路径的表格</translation>
    </message>
    <message>
        <source>Evaluation pictures</source>
        <translation>评估图片</translation>
    </message>
    <message>
        <source>Evaluation share</source>
        <translation>评估比例</translation>
    </message>
    <message>
        <source>Flips</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>Label smoothing (0: off)</source>
        <translation>标签平滑（0 为关闭）</translation>
    </message>
    <message>
        <source>Mixup (0: off)</source>
        <translation>Mixup（0 为关闭）</translation>
    </message>
    <message>
        <source>None: uses a share of the pictures above</source>
        <translation>未指定：从上面的图片中划出一部分</translation>
    </message>
    <message>
        <source>Path column</source>
        <translation>路径列</translation>
    </message>
    <message>
        <source>Picture size (pixels)</source>
        <translation>图片尺寸（像素）</translation>
    </message>
    <message>
        <source>Random horizontal flip</source>
        <translation>随机水平翻转</translation>
    </message>
    <message>
        <source>Smallest crop</source>
        <translation>最小裁剪</translation>
    </message>
    <message>
        <source>Training pictures</source>
        <translation>训练图片数</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>whole numbers, for example 2, 2, 2</source>
        <translation>整数列表，例如 2, 2, 2</translation>
    </message>
    <message>
        <source>{batch} pictures per step</source>
        <translation>每步 {batch} 张图片</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Picture: {name}</source>
        <translation>图片：{name}</translation>
    </message>
</context>
<context>
    <name>PicturesModel</name>
    <message>
        <source>no response</source>
        <translation>无结果</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>PicturesTable</name>
    <message>
        <source>Predictions for the sample pictures, by step</source>
        <translation>各步对样例图片的识别结果</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步数</translation>
    </message>
</context>
<context>
    <name>Places</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Locations</source>
        <translation>发现的位置</translation>
    </message>
</context>
<context>
    <name>PlanPanel</name>
    <message>
        <source>4 bits</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>About {rate}</source>
        <translation>约 {rate}</translation>
    </message>
    <message>
        <source>About {rate} tokens/s</source>
        <translation type="vanished">约 {rate} 词元/秒</translation>
    </message>
    <message>
        <source>About {time} for one batch</source>
        <translation>每批约 {time}</translation>
    </message>
    <message>
        <source>About {time} per step</source>
        <translation>约每步 {time}</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>激活</translation>
    </message>
    <message>
        <source>All weights</source>
        <translation>全部权重</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Context (tokens)</source>
        <translation>上下文（词元）</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Doesn&apos;t fit: {total} needed, {free} free.</source>
        <translation>放不下：需要 {total}，可用 {free}。</translation>
    </message>
    <message>
        <source>Fits: {total} of {free} free.</source>
        <translation>放得下：可用 {free} 中的 {total}。</translation>
    </message>
    <message>
        <source>Gradient checkpointing</source>
        <translation>梯度检查点</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Inference</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Key/value cache</source>
        <translation>键值缓存</translation>
    </message>
    <message>
        <source>Largest batch that fits: {count}</source>
        <translation>放得下的最大批量：{count}</translation>
    </message>
    <message>
        <source>Last layer only</source>
        <translation>仅最后一层</translation>
    </message>
    <message>
        <source>LoRA rank</source>
        <translation>LoRA 秩</translation>
    </message>
    <message>
        <source>Logits</source>
        <translation>Logits</translation>
    </message>
    <message>
        <source>Measure two steps</source>
        <translation>实测两步</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>训练方法</translation>
    </message>
    <message>
        <source>No plan for this model: its structure can&apos;t be run without weights.</source>
        <translation>此模型没有规划：没有权重就无法运行其结构。</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Process overhead</source>
        <translation>进程自身开销</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>QLoRA (base in 4 bits)</source>
        <translation>QLoRA（4 位基座）</translation>
    </message>
    <message>
        <source>Reading hardware…</source>
        <translation>正在查询这台计算机的设备…</translation>
    </message>
    <message>
        <source>Speed is unknown until this device is measured.</source>
        <translation>测量过此设备的速度后才知道会有多快。</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Waiting for the model&apos;s structure…</source>
        <translation>规划需要模型的结构，正在推算。</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>longest context: {count} tokens</source>
        <translation>最长上下文：{count} 个词元</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
</context>
<context>
    <name>Planning</name>
    <message>
        <source>Running two steps in a separate process…</source>
        <translation>正在独立进程中运行两步…</translation>
    </message>
</context>
<context>
    <name>PreferenceSubject</name>
    <message>
        <source>Beta</source>
        <translation>β 系数</translation>
    </message>
    <message>
        <source>Context (tokens)</source>
        <translation>上下文长度（词元）</translation>
    </message>
    <message>
        <source>Higher values keep the model closer to the base model; 0.1 is usual</source>
        <translation>值越大，模型越接近基础模型；常用 0.1</translation>
    </message>
    <message>
        <source>Training pairs</source>
        <translation>训练用的偏好对</translation>
    </message>
    <message>
        <source>{batch} pairs per step, up to {tokens} tokens</source>
        <translation>每步 {batch} 对，最多 {tokens} 个词元</translation>
    </message>
</context>
<context>
    <name>ProbabilityBars</name>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
</context>
<context>
    <name>PromptPane</name>
    <message>
        <source>Chosen reply</source>
        <translation>所选回复</translation>
    </message>
    <message>
        <source>Dropped, as the context is full: {count} messages, {tokens} tokens.</source>
        <translation>上下文已满，已略去 {count} 条消息，{tokens} 个词元。</translation>
    </message>
    <message>
        <source>Next message</source>
        <translation>下一条消息</translation>
    </message>
    <message>
        <source>Show the next message</source>
        <translation>显示下一条消息</translation>
    </message>
    <message>
        <source>Show the next message&apos;s</source>
        <translation type="vanished">显示下一条消息的</translation>
    </message>
    <message>
        <source>Show the next message&apos;s prompt</source>
        <translation type="vanished">显示下一条消息的提示词</translation>
    </message>
    <message>
        <source>Shown after this reply.</source>
        <translation>本条回复后显示。</translation>
    </message>
    <message>
        <source>Shown once the model is loaded.</source>
        <translation>模型加载后显示。</translation>
    </message>
    <message>
        <source>Tokens of the prompt</source>
        <translation>提示词的词元</translation>
    </message>
    <message>
        <source>Write a message to see its prompt.</source>
        <translation>输入消息后显示其提示词。</translation>
    </message>
    <message>
        <source>chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>plain continuation</source>
        <translation>直接续写</translation>
    </message>
    <message>
        <source>special token</source>
        <translation>特殊词元</translation>
    </message>
    <message>
        <source>the last {count} are shown</source>
        <translation>仅显示最后 {count} 个</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{used} of {all} tokens</source>
        <translation>已用 {used} / {all} 词元</translation>
    </message>
</context>
<context>
    <name>QualityRow</name>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Measure quality</source>
        <translation>测量质量</translation>
    </message>
    <message>
        <source>Perplexity on a bundled text, and how often the same token is most likely</source>
        <translation>在内置文本上的困惑度，以及最可能的词元相同的比例</translation>
    </message>
    <message>
        <source>Perplexity {perplexity} on {count} tokens.</source>
        <translation>困惑度 {perplexity}（{count} 个词元）。</translation>
    </message>
    <message>
        <source>Perplexity {perplexity}, as stored {stored}; same top token: {share} of {count}.</source>
        <translation>困惑度 {perplexity}，原始精度 {stored}；最可能的词元相同：{count} 个中的 {share}。</translation>
    </message>
    <message>
        <source>Reading a bundled text: {share}</source>
        <translation>正在读取内置文本：{share}</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>停止测量</translation>
    </message>
</context>
<context>
    <name>QueueView</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel: {text}</source>
        <translation>取消：{text}</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>立即发送</translation>
    </message>
    <message>
        <source>Send now: {text}</source>
        <translation>立即发送：{text}</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Menu: open, settings, shortcuts</source>
        <translation>菜单：打开、设置、快捷键</translation>
    </message>
</context>
<context>
    <name>Ranking</name>
    <message>
        <source>Recommended models, best first</source>
        <translation>推荐的模型，最合适的在前</translation>
    </message>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>再显示 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RanksPanel</name>
    <message>
        <source>Copy torchrun command</source>
        <translation>复制用于多台机器的命令</translation>
    </message>
    <message>
        <source>Start it on each machine; all need access to the run&apos;s folder</source>
        <translation>torchrun 命令，需在每台机器上执行；所有机器都须能访问该训练任务的文件夹</translation>
    </message>
    <message>
        <source>each has the whole model</source>
        <translation>各持完整模型</translation>
    </message>
    <message>
        <source>the model is sharded</source>
        <translation>共同分摊模型</translation>
    </message>
    <message>
        <source>{count} processes, {how}</source>
        <translation>{count} 个进程，{how}</translation>
    </message>
    <message>
        <source>{device} · {memory} reserved · {time} per step · process {pid} on {host}</source>
        <translation>{device} · 占用 {memory} · 每步 {time} · {host} 上的进程 {pid}</translation>
    </message>
</context>
<context>
    <name>RecentlyRemoved</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Nothing was removed recently.</source>
        <translation>最近没有移除任何内容。</translation>
    </message>
    <message>
        <source>Really delete? This can&apos;t be undone</source>
        <translation>确定删除？此操作无法撤销</translation>
    </message>
    <message>
        <source>Recently removed</source>
        <translation>最近移除</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>移除时间</translation>
    </message>
    <message>
        <source>Removed items</source>
        <translation>移除的内容</translation>
    </message>
    <message>
        <source>Removed items are kept for a day, then deleted.</source>
        <translation>移除的内容保留 1 天，然后删除。</translation>
    </message>
    <message>
        <source>Removed items are kept {days} days, then deleted.</source>
        <translation>移除的内容保留 {days} 天，然后删除。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>训练任务</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
</context>
<context>
    <name>Removals</name>
    <message>
        <source>was removed from the list; its files are unchanged.</source>
        <translation>已从列表中移除，文件仍然保留。</translation>
    </message>
    <message>
        <source>was removed.</source>
        <translation>已移除。</translation>
    </message>
    <message numerus="yes">
        <source>was removed; {size} will be freed in %n day(s).</source>
        <translation>
            <numerusform>已移除：{size}，%n 天后释放。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReplyView</name>
    <message>
        <source>Choose a model above…</source>
        <translation>等待选择模型：请在上方选择…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Drafted tokens that were accepted: {accepted} of {drafted}</source>
        <translation>草稿词元被接受：{accepted}/{drafted}</translation>
    </message>
    <message>
        <source>Incomplete: the application ended during this reply.</source>
        <translation>不完整：应用在回复过程中结束。</translation>
    </message>
    <message>
        <source>Loading {model}…</source>
        <translation>正在加载 {model}…</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>正在读取对话…</translation>
    </message>
    <message>
        <source>Regenerate</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>回复</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Stopped at the length limit (“Longest reply” or the context).</source>
        <translation>已达到长度上限（“最大回复长度”或模型的上下文长度），回复到此为止。</translation>
    </message>
    <message>
        <source>Stopped before the first token.</source>
        <translation>在第一个词元之前停止。</translation>
    </message>
    <message>
        <source>Stopped. The partial reply is kept.</source>
        <translation>已停止。已生成的部分会保留。</translation>
    </message>
    <message>
        <source>The context is full: the oldest messages ({count}) were dropped.</source>
        <translation>上下文已满：模型已看不到最早的 {count} 条消息。</translation>
    </message>
    <message>
        <source>The previous version is kept; the arrows lead back to it.</source>
        <translation>原来的版本会保留，用箭头可以切换回去。</translation>
    </message>
    <message>
        <source>This reply failed.</source>
        <translation>这条回复生成失败。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Waiting for the engine…</source>
        <translation>等待引擎…</translation>
    </message>
    <message>
        <source>Working…</source>
        <translation>正在处理…</translation>
    </message>
    <message>
        <source>{words} · {seconds} s</source>
        <translation>{words} · {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>RepoDetails</name>
    <message numerus="yes">
        <source>%n file(s) needed, {size} total</source>
        <translation>
            <numerusform>需要 %n 个文件，共 {size}</numerusform>
        </translation>
    </message>
    <message>
        <source>About</source>
        <translation>介绍</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>访问</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>Download {size}</source>
        <translation>下载 {size}</translation>
    </message>
    <message>
        <source>Downloading… {share}</source>
        <translation>正在下载… {share}</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载量</translation>
    </message>
    <message>
        <source>Downloads the needed files from the Hub into the local cache</source>
        <translation>把所需文件从 Hub 下载到本机的缓存</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>基本信息</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Fits: about {need} needed on {device}, {free} free.</source>
        <translation>适合：在{device}上运行约需 {need}；空闲 {free}。</translation>
    </message>
    <message>
        <source>It has no files.</source>
        <translation>其中没有文件。</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>库</translation>
    </message>
    <message>
        <source>License</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Likes</source>
        <translation>喜欢</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>模型卡</translation>
    </message>
    <message>
        <source>Model page…</source>
        <translation>模型页面…</translation>
    </message>
    <message>
        <source>Model view</source>
        <translation>模型视图</translation>
    </message>
    <message>
        <source>Open the model page in the browser?</source>
        <translation>在浏览器中打开它的页面？</translation>
    </message>
    <message>
        <source>Opens the model&apos;s page in the browser, after showing its address</source>
        <translation>先让您看到地址，再在浏览器中打开该模型的页面</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Paused {share}</source>
        <translation>已暂停 {share}</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>规划</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Show local copy</source>
        <translation>在本机中显示</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Stopped {share}</source>
        <translation>已中止 {share}</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>This link is from the model card. Open it in the browser?</source>
        <translation>此地址由模型作者写下。在浏览器中打开？</translation>
    </message>
    <message>
        <source>Too large: about {need} needed on {device}, {free} free.</source>
        <translation>过大：在{device}上运行约需 {need}；空闲 {free}。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
    <message>
        <source>Unknown number of parameters: can&apos;t tell whether it fits.</source>
        <translation>它没有说明参数数量：无法知道是否适合本机。</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>gated: accept its terms on its page, then sign in</source>
        <translation>需申请：在其页面接受条款并登录</translation>
    </message>
    <message>
        <source>private</source>
        <translation>私有</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>处理器</translation>
    </message>
</context>
<context>
    <name>RestartDialog</name>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重启</translation>
    </message>
    <message>
        <source>Restart the window?</source>
        <translation>重启窗口？</translation>
    </message>
    <message>
        <source>The new language is used after a restart.</source>
        <translation>重启后将使用新的语言。</translation>
    </message>
    <message>
        <source>Training runs keep going. A reply that is being written stops, and an open form is not kept.</source>
        <translation>训练会继续运行。正在生成的回复会停止，打开的表单不会保留。</translation>
    </message>
</context>
<context>
    <name>Result</name>
    <message>
        <source>Results appear here.</source>
        <translation>结果会显示在这里。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>等待中…</translation>
    </message>
</context>
<context>
    <name>RewriteTask</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n 个词元</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RichText</name>
    <message>
        <source>Text of the message</source>
        <translation>消息正文</translation>
    </message>
    <message>
        <source>{count} earlier characters hidden · Show more</source>
        <translation>前面还有 {count} 个字符未显示 · 显示更多</translation>
    </message>
</context>
<context>
    <name>Ridges</name>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>{count} histograms; the newest, at step {step}, ranges from {low} to {high}</source>
        <translation>{count} 个直方图，最新的在第 {step} 步，从 {low} 到 {high}</translation>
    </message>
</context>
<context>
    <name>RunActions</name>
    <message>
        <source>Fork…</source>
        <translation>分叉…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Start a new run from a checkpoint, with other settings</source>
        <translation>用其他设置从一个检查点继续，作为独立的训练任务</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Use in Chat</source>
        <translation>在“对话”中使用</translation>
    </message>
</context>
<context>
    <name>RunStrip</name>
    <message>
        <source>Free memory</source>
        <translation>释放内存</translation>
    </message>
    <message>
        <source>Memory released. Resume continues from the last checkpoint.</source>
        <translation>内存已释放。继续会从最后的检查点接着训练。</translation>
    </message>
    <message>
        <source>Memory stays reserved; Resume continues immediately.</source>
        <translation>内存保留；继续会立即进行。</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move up in the queue</source>
        <translation>在队列中上移</translation>
    </message>
    <message>
        <source>Next in the queue</source>
        <translation>队列中的下一个</translation>
    </message>
    <message>
        <source>No. {turn} in the queue</source>
        <translation>队列中第 {turn} 位</translation>
    </message>
    <message>
        <source>Out of memory</source>
        <translation>内存不够</translation>
    </message>
    <message>
        <source>Paused after step {step}</source>
        <translation>已在第 {step} 步后暂停</translation>
    </message>
    <message>
        <source>Remove from queue</source>
        <translation>移出队列</translation>
    </message>
    <message>
        <source>Remove it from the queue; Resume adds it again</source>
        <translation>移出队列；点击“继续”会重新排队</translation>
    </message>
    <message>
        <source>Save, then end its process; Resume continues from there</source>
        <translation>保存并结束进程；点击“继续”可从这里接着训练</translation>
    </message>
    <message>
        <source>Start a new run with this change from the last checkpoint</source>
        <translation>按此更改新建训练任务，从最后的检查点继续</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>立即开始</translation>
    </message>
    <message>
        <source>Start now, beside running ones</source>
        <translation>立即开始，与正在进行的训练任务并行</translation>
    </message>
    <message>
        <source>Starting soon.</source>
        <translation>即将开始。</translation>
    </message>
    <message>
        <source>Try smaller</source>
        <translation>用更小的重试</translation>
    </message>
</context>
<context>
    <name>Running</name>
    <message>
        <source>{name}: step {step} of {steps}</source>
        <translation>{name}：第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>{name}: {size}</source>
        <translation>{name}：{size}</translation>
    </message>
</context>
<context>
    <name>RunsColumn</name>
    <message>
        <source>No run matches.</source>
        <translation>没有匹配的训练记录。</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation>搜索训练记录</translation>
    </message>
    <message>
        <source>Search runs by name, tags and notes</source>
        <translation>按名称、标签和备注搜索训练记录</translation>
    </message>
</context>
<context>
    <name>RunsList</name>
    <message>
        <source>Check data…</source>
        <translation>检查数据…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>训练记录</translation>
    </message>
</context>
<context>
    <name>SamplingForm</name>
    <message>
        <source>Fewer settings</source>
        <translation>收起设置</translation>
    </message>
    <message>
        <source>Greedy (always the most likely token)</source>
        <translation>贪心（始终取最可能的词元）</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>更多设置</translation>
    </message>
    <message>
        <source>One per line; \n is a line break</source>
        <translation>每行一个；\n 表示换行</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="vanished">重置</translation>
    </message>
    <message>
        <source>Reset to the model&apos;s defaults</source>
        <translation type="vanished">全部恢复为模型默认值</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation type="vanished">采样</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Stop strings</source>
        <translation>停止字符串</translation>
    </message>
    <message>
        <source>The reply ends before the first of these strings; the string itself isn&apos;t shown.</source>
        <translation>回复在第一个停止字符串之前结束，停止字符串不会显示。</translation>
    </message>
    <message>
        <source>The same seed gives the same reply; empty = random.</source>
        <translation>相同的种子会得到相同的回复；留空则每次不同。</translation>
    </message>
    <message>
        <source>random</source>
        <translation>随机</translation>
    </message>
</context>
<context>
    <name>ScalingView</name>
    <message>
        <source>Click a point (or press Enter on it) to show its run</source>
        <translation>单击一个点（或在其上按回车键）可显示对应的训练任务</translation>
    </message>
    <message>
        <source>Evaluation loss against compute</source>
        <translation>评估损失随计算量的变化</translation>
    </message>
    <message>
        <source>Evaluation loss against compute (FLOPs), both on logarithmic axes</source>
        <translation>评估损失随计算量（FLOPs）的变化，两轴均为对数刻度</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>FLOPs estimated as 6·N·D</source>
        <translation>FLOPs 按 6·N·D 估算</translation>
    </message>
    <message>
        <source>With the most data: L(N) = ({scale} / N)^{alpha}, R² = {fit}, without embeddings.</source>
        <translation>数据量最大时 L(N) = ({scale} / N)^{alpha}，R² = {fit}，不计嵌入参数。</translation>
    </message>
    <message>
        <source>loss {loss}</source>
        <translation>损失 {loss}</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>尚未结束</translation>
    </message>
    <message>
        <source>width {width}</source>
        <translation>宽度 {width}</translation>
    </message>
    <message>
        <source>{amount} of training data</source>
        <translation>训练数据 {amount}</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 个参数</translation>
    </message>
    <message>
        <source>{flops} FLOPs</source>
        <translation>{flops} FLOPs</translation>
    </message>
    <message>
        <source>α = {alpha} ± {error}, R² = {fit}: {points} of {count} runs on the frontier, {decades} decades.</source>
        <translation>α = {alpha} ± {error}，R² = {fit}：{count} 个训练任务中有 {points} 个位于前沿，跨越 {decades} 个数量级。</translation>
    </message>
</context>
<context>
    <name>ScheduleCard</name>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation type="vanished">Dropout</translation>
    </message>
    <message>
        <source>Evaluate every (steps)</source>
        <translation>评估间隔（步）</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Learning rate schedule</source>
        <translation>学习率调度</translation>
    </message>
    <message>
        <source>Save every (steps)</source>
        <translation>保存间隔（步）</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Steps over which the learning rate rises from 0</source>
        <translation>学习率从 0 上升所用的步数</translation>
    </message>
    <message>
        <source>Warm-up (steps)</source>
        <translation>预热（步）</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>a number, for example 1e-3</source>
        <translation type="vanished">一个数字，例如 1e-3</translation>
    </message>
    <message>
        <source>a number, for example {example}</source>
        <translation>一个数，例如 {example}</translation>
    </message>
    <message>
        <source>auto (5% of steps)</source>
        <translation>自动（步数的 5%）</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
</context>
<context>
    <name>ScoreDialog</name>
    <message>
        <source>At most {count} characters can be scored here.</source>
        <translation>这里最多可为 {count} 个字符评分。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Score a text with {model}</source>
        <translation>用 {model} 为文本评分</translation>
    </message>
    <message>
        <source>Scoring the tokens…</source>
        <translation>正在为词元评分…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Text to score</source>
        <translation>要评分的文本</translation>
    </message>
    <message>
        <source>Tokens of the text</source>
        <translation>文本的词元</translation>
    </message>
    <message>
        <source>Write or paste a text</source>
        <translation>输入或粘贴文本</translation>
    </message>
    <message>
        <source>perplexity {value} · loss per token {loss} nats · {count} tokens predicted</source>
        <translation>困惑度 {value} · 每词元损失 {loss} 纳特 · 预测了 {count} 个词元</translation>
    </message>
</context>
<context>
    <name>ScoredView</name>
    <message>
        <source>Tokens of the reply</source>
        <translation>回复的词元</translation>
    </message>
    <message>
        <source>token {number} of {count}</source>
        <translation>第 {number} 个词元，共 {count} 个</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Account on the Hub…</source>
        <translation>Hub 账户…</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SettingsPanel</name>
    <message>
        <source>Custom</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>Instructions for the model</source>
        <translation>给模型的指令</translation>
    </message>
    <message>
        <source>Messages and system prompt are formatted with the model&apos;s chat template.</source>
        <translation>该模型带有对话模板：消息和系统提示词会按模板组织。</translation>
    </message>
    <message>
        <source>Name of the preset, then Enter</source>
        <translation>预设名称，按 Enter 确认</translation>
    </message>
    <message>
        <source>Name of the prompt, then Enter</source>
        <translation>提示词名称，按 Enter 确认</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>存为预设…</translation>
    </message>
    <message>
        <source>Save this prompt…</source>
        <translation>保存此提示词…</translation>
    </message>
    <message>
        <source>Start new chats with this preset</source>
        <translation>新对话使用此预设</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>This model has no chat template: it continues the chat as plain text.</source>
        <translation>该模型没有对话模板：它只会顺着对话文本往下续写。</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
</context>
<context>
    <name>SimilarityMap</name>
    <message>
        <source>Pairwise similarity</source>
        <translation>每两条文本的相似度</translation>
    </message>
    <message>
        <source>“{one}” and “{other}”: {cosine}</source>
        <translation>“{one}”与“{other}”：{cosine}</translation>
    </message>
</context>
<context>
    <name>SlowStepDialog</name>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>By hand {hand}, optimizer {optimizer}: difference {difference}.</source>
        <translation>手算 {hand}，优化器 {optimizer}：相差 {difference}。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Examples of this step</source>
        <translation>这一步的样本</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>梯度</translation>
    </message>
    <message>
        <source>Gradients around the largest one of this parameter</source>
        <translation>此参数最大梯度周围的梯度</translation>
    </message>
    <message>
        <source>One update, step by step</source>
        <translation>一次更新，逐步查看</translation>
    </message>
    <message>
        <source>Parameters of the model</source>
        <translation>模型的参数</translation>
    </message>
    <message>
        <source>Run a step to see its details</source>
        <translation>执行一步，看看其中发生了什么</translation>
    </message>
    <message>
        <source>Run step</source>
        <translation>执行这一步</translation>
    </message>
    <message>
        <source>Running the step in a separate process…</source>
        <translation>正在独立进程中执行这一步…</translation>
    </message>
    <message>
        <source>Running the step…</source>
        <translation>正在执行这一步</translation>
    </message>
    <message>
        <source>Shows every parameter&apos;s gradient, the update of any weight, and the batch.</source>
        <translation>每个参数的梯度、任一权重更新的手工推算，以及这一批样本。</translation>
    </message>
    <message>
        <source>Start of the step</source>
        <translation>从哪里开始这一步</translation>
    </message>
    <message>
        <source>Step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>The run is not changed: the step runs on a copy and is discarded.</source>
        <translation>训练任务本身不会改变：这一步在旁边执行，之后丢弃。</translation>
    </message>
    <message>
        <source>The update of this weight</source>
        <translation>此权重的更新</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Update of the chosen weight, by hand</source>
        <translation>手算所选权重的更新</translation>
    </message>
    <message>
        <source>after</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>clipped by c = {scale}</source>
        <translation>已裁剪，乘以 c = {scale}</translation>
    </message>
    <message>
        <source>from step {step}</source>
        <translation>从第 {step} 步</translation>
    </message>
    <message>
        <source>from the start</source>
        <translation>从头开始</translation>
    </message>
    <message>
        <source>gradient norm {norm}</source>
        <translation>梯度范数 {norm}</translation>
    </message>
    <message>
        <source>learning rate η {rate}</source>
        <translation>学习率 η {rate}</translation>
    </message>
    <message>
        <source>loss {loss}</source>
        <translation>损失 {loss}</translation>
    </message>
</context>
<context>
    <name>SplitsTable</name>
    <message>
        <source>Configuration</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>数据集</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>划分</translation>
    </message>
    <message>
        <source>Splits of datasets</source>
        <translation>数据集的划分</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>on this computer</source>
        <translation>在本机</translation>
    </message>
    <message>
        <source>{size} downloaded</source>
        <translation>已有 {size}</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>还有 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory: {words}</source>
        <translation>内存：{words}</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监视器</translation>
    </message>
    <message>
        <source>no model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>{device}: show or hide the monitor</source>
        <translation>{device}：打开或收起监视器</translation>
    </message>
    <message>
        <source>{name} · {parameters} parameters · {dtype}</source>
        <translation>{name} · {parameters}参数 · {dtype}</translation>
    </message>
    <message>
        <source>{ours} of {total} used here, {others} by other programs</source>
        <translation>本应用 {ours}，其他 {others}，共 {total}</translation>
    </message>
    <message>
        <source>{parameters} parameters, {bytes} on {device}</source>
        <translation>{parameters} 个参数，占用 {bytes}，位于 {device}</translation>
    </message>
</context>
<context>
    <name>StepDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Drawing the batch of this step…</source>
        <translation>正在重新抽取这一步的批次…</translation>
    </message>
    <message>
        <source>Drawing the batch…</source>
        <translation>正在重新抽取批次</translation>
    </message>
    <message>
        <source>Examples of this objective can&apos;t be shown.</source>
        <translation>这类训练的样本无法显示。</translation>
    </message>
    <message>
        <source>Examples of this step, largest loss first</source>
        <translation>这一步的样本，最难的在前</translation>
    </message>
    <message>
        <source>Losses as recorded by the run at this step.</source>
        <translation>损失是训练任务在这一步记录的。</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Previous step</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
    <message>
        <source>Token losses and predictions use the previous checkpoint, at step {checkpoint}.</source>
        <translation>词元与判断按此前最近的检查点（第 {checkpoint} 步）计算。</translation>
    </message>
    <message>
        <source>Token losses and predictions use the run&apos;s initial weights.</source>
        <translation>词元与判断按训练任务开始时的权重计算。</translation>
    </message>
    <message>
        <source>Token losses and predictions use the weights before this step.</source>
        <translation>词元与判断按这一步开始时的权重计算。</translation>
    </message>
    <message>
        <source>{shown} of {count} examples, largest loss first.</source>
        <translation>{count} 个样本中的 {shown} 个，最难的在前。</translation>
    </message>
</context>
<context>
    <name>Story</name>
    <message>
        <source>Across steps</source>
        <translation>逐步对比</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算量</translation>
    </message>
    <message>
        <source>End of the log</source>
        <translation>日志末尾</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Loss against compute</source>
        <translation>损失与计算量</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>模型输出</translation>
    </message>
    <message>
        <source>Samples appear here after each evaluation.</source>
        <translation>每次评估后，模型的输出会显示在这里。</translation>
    </message>
    <message>
        <source>Samples by step</source>
        <translation>模型在各步的输出</translation>
    </message>
    <message>
        <source>This run has no sample prompts.</source>
        <translation>此训练任务没有设置提示词，因此没有样例。</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>StructureModel</name>
    <message>
        <source>Module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>存储类型</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>tied</source>
        <translation>共享</translation>
    </message>
</context>
<context>
    <name>StructurePanel</name>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>{count} parameters are shared with a second module and counted once.</source>
        <translation>{count} 个参数也被另一个模块使用，只计一次。</translation>
    </message>
</context>
<context>
    <name>Subject</name>
    <message>
        <source>Base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>Fine-tune a model</source>
        <translation>微调已有模型</translation>
    </message>
    <message>
        <source>From scratch</source>
        <translation>从零训练</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
</context>
<context>
    <name>TaggedSentence</name>
    <message numerus="yes">
        <source>%n word(s) differ, marked by dots.</source>
        <translation>
            <numerusform>%n 个词不同，以点线标出。</numerusform>
        </translation>
    </message>
    <message>
        <source>Greedy</source>
        <translation>贪心</translation>
    </message>
    <message>
        <source>Greedy and Viterbi</source>
        <translation>贪心与维特比</translation>
    </message>
    <message>
        <source>Greedy and Viterbi agree here.</source>
        <translation>这里每个词最可能的标签合起来也是最可能的整体。</translation>
    </message>
    <message>
        <source>Greedy decoding starts an entity with an I- tag: {words}.</source>
        <translation>贪心解码以 I- 标签开始了一个实体：{words}。</translation>
    </message>
    <message>
        <source>Point at a cell, or use the arrow keys.</source>
        <translation>指向一个单元格，或用方向键逐格查看。</translation>
    </message>
    <message>
        <source>Total log-probability of the path</source>
        <translation>整体的对数概率：沿路径求和</translation>
    </message>
    <message>
        <source>Viterbi</source>
        <translation>维特比</translation>
    </message>
    <message>
        <source>log-probability {number}</source>
        <translation>对数概率 {number}</translation>
    </message>
</context>
<context>
    <name>TagsSubject</name>
    <message>
        <source>Drop CoNLL files (one word per line, tag last, blank line between sentences) or Parquet with one sentence per row</source>
        <translation>将 CoNLL 列格式文件拖到这里：每行一个词，末列为标签，句间空一行；或每行记录一个句子的 Parquet</translation>
    </message>
</context>
<context>
    <name>Task</name>
    <message>
        <source>Texts, one per line</source>
        <translation>文本，每行一条</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Drop text files, Parquet files or folders here</source>
        <translation>将文本文件、Parquet 文件或其文件夹拖到这里</translation>
    </message>
    <message>
        <source>Sample stories</source>
        <translation>示例故事</translation>
    </message>
    <message>
        <source>Training texts</source>
        <translation>训练文本</translation>
    </message>
    <message>
        <source>Use the sample stories</source>
        <translation>使用示例故事</translation>
    </message>
</context>
<context>
    <name>TextPage</name>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Only the first {count} lines are used.</source>
        <translation>只读取前 {count} 行。</translation>
    </message>
    <message>
        <source>Open texts</source>
        <translation>打开文本</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Read lines from text files</source>
        <translation>读取文本文件中的各行</translation>
    </message>
    <message>
        <source>Reading… {done} of {total}</source>
        <translation>正在读取… {done} / {total}</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Texts ({kinds})</source>
        <translation>文本（{kinds}）</translation>
    </message>
    <message>
        <source>{keys} to run</source>
        <translation>按 {keys} 让模型读取</translation>
    </message>
</context>
<context>
    <name>TextSubject</name>
    <message>
        <source>Sample prompts at each evaluation, one per line</source>
        <translation>每次评估时续写的提示词，每行一条</translation>
    </message>
</context>
<context>
    <name>Thoughts</name>
    <message>
        <source>Hide thoughts</source>
        <translation>收起思考过程</translation>
    </message>
    <message>
        <source>Show thoughts</source>
        <translation>显示思考过程</translation>
    </message>
    <message>
        <source>Thinking… · {action}</source>
        <translation>思考中… · {action}</translation>
    </message>
</context>
<context>
    <name>TimeSlider</name>
    <message>
        <source>Checkpoint of the run</source>
        <translation>该训练任务的检查点</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Return to the newest checkpoint; other pages use their previous model</source>
        <translation>最新的检查点；其他页面改回此前使用的模型</translation>
    </message>
    <message>
        <source>Step of the checkpoint</source>
        <translation>检查点所在的步</translation>
    </message>
    <message>
        <source>Time travel</source>
        <translation>时间旅行</translation>
    </message>
    <message>
        <source>Use this step</source>
        <translation>使用这一步</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>第 {step} 步</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>TokenView</name>
    <message>
        <source>Tokens of the example</source>
        <translation>样本的词元</translation>
    </message>
    <message>
        <source>added by the tokenizer or the template</source>
        <translation>由分词器或模板加入</translation>
    </message>
    <message>
        <source>context only</source>
        <translation>仅作上下文</translation>
    </message>
    <message>
        <source>masked; target: “{answer}”</source>
        <translation>遮盖；目标：“{answer}”</translation>
    </message>
    <message>
        <source>predicted by the model</source>
        <translation>要由模型说出</translation>
    </message>
    <message>
        <source>rejected answer</source>
        <translation>被拒绝的回答</translation>
    </message>
    <message>
        <source>replaces the target “{answer}”</source>
        <translation>替换了目标“{answer}”</translation>
    </message>
    <message>
        <source>target: “{answer}”</source>
        <translation>目标：“{answer}”</translation>
    </message>
    <message>
        <source>token {number} of {count}</source>
        <translation>第 {number} 个词元，共 {count} 个</translation>
    </message>
    <message>
        <source>unchanged; still a target</source>
        <translation>未改变；仍需预测</translation>
    </message>
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>A small one learns to write short stories in a few minutes on this computer.</source>
        <translation>在这台电脑上，一个小模型几分钟就能学会写小故事。</translation>
    </message>
    <message>
        <source>Experiments…</source>
        <translation>实验…</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建训练</translation>
    </message>
    <message>
        <source>Ready-made sets of runs</source>
        <translation>现成的多个训练任务，合在一起能说明一个问题</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Train a model and watch it learn</source>
        <translation>训练一个模型，看着它学习</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Scroll to the latest message</source>
        <translation>回到最新消息</translation>
    </message>
    <message>
        <source>Scroll up for earlier messages</source>
        <translation>向上滚动可查看更早的消息</translation>
    </message>
</context>
<context>
    <name>TravelBadge</name>
    <message>
        <source>Leave time travel</source>
        <translation>退出时间旅行</translation>
    </message>
    <message>
        <source>Leave time travel and use the run&apos;s newest checkpoint</source>
        <translation>退出时间旅行，使用训练任务的最新检查点</translation>
    </message>
    <message>
        <source>Newest step</source>
        <translation>最新一步</translation>
    </message>
    <message>
        <source>Step {step}</source>
        <translation>第 {step} 步时的模型</translation>
    </message>
    <message>
        <source>Use the previous model again</source>
        <translation type="vanished">改用此前使用的模型</translation>
    </message>
    <message>
        <source>Use {model} again</source>
        <translation>重新使用 {model}</translation>
    </message>
</context>
<context>
    <name>TreeDialog</name>
    <message>
        <source>A reply is on its way. Wait for it or stop it.</source>
        <translation>正在生成回复。请等待其结束或停止它。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Messages of the chat</source>
        <translation>对话的消息</translation>
    </message>
    <message>
        <source>Tree of the chat</source>
        <translation>对话的分支树</translation>
    </message>
    <message>
        <source>{count} messages, {versions} of them other versions. Click one, or press Enter, to go there.</source>
        <translation>共 {count} 条消息，其中 {versions} 条是其他版本。点击消息或按 Enter 前往。</translation>
    </message>
</context>
<context>
    <name>Treemap</name>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Convolution</source>
        <translation>卷积</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Feed-forward</source>
        <translation>前馈</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Normalization</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Parameter map</source>
        <translation>参数地图</translation>
    </message>
</context>
<context>
    <name>Trials</name>
    <message>
        <source>Add a text</source>
        <translation>添加文本</translation>
    </message>
    <message>
        <source>Add pictures…</source>
        <translation>添加图片…</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Drop pictures and, optionally, enter the expected class of each.</source>
        <translation>拖入图片，并可填写每张的期望类别。</translation>
    </message>
    <message>
        <source>Enter a prompt and, optionally, text that a correct answer must contain.</source>
        <translation>输入提示词，并可填写正确答案必须包含的文字。</translation>
    </message>
    <message>
        <source>Examples with each model&apos;s answer</source>
        <translation>示例以及各模型的回答</translation>
    </message>
    <message>
        <source>Loading a model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Pictures to try models on</source>
        <translation>用来试用模型的图片</translation>
    </message>
    <message>
        <source>Press “Try” on downloaded models to compare them below.</source>
        <translation>在本机的模型上点击“试用”，它们会在下方并排显示。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Try on your own examples</source>
        <translation>用自己的示例试用</translation>
    </message>
    <message>
        <source>{done} of {total}…</source>
        <translation>第 {done} 个，共 {total} 个…</translation>
    </message>
</context>
<context>
    <name>Unreadable</name>
    <message>
        <source>Unreadable: {count}</source>
        <translation>无法读取：{count}</translation>
    </message>
</context>
<context>
    <name>VersionSwitch</name>
    <message>
        <source>Next version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} / {count}</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Drop a language model folder on the window, or open one.</source>
        <translation>将语言模型的文件夹拖到窗口上，或者打开一个。</translation>
    </message>
    <message>
        <source>Loading. You can start writing.</source>
        <translation>引擎正在加载模型，现在就可以输入消息。</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>尚无模型</translation>
    </message>
    <message>
        <source>Open a model folder…</source>
        <translation>打开模型文件夹…</translation>
    </message>
    <message>
        <source>Talk to {name}</source>
        <translation>与 {name} 对话</translation>
    </message>
    <message>
        <source>{parameters} parameters, ready on {device}</source>
        <translation>{parameters}参数，已在 {device} 上就绪</translation>
    </message>
</context>
<context>
    <name>Writing</name>
    <message>
        <source>Read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>已读取的文本</translation>
    </message>
</context>
<context>
    <name>_LossView</name>
    <message>
        <source>loss {nats} nats</source>
        <translation>损失 {nats} 纳特</translation>
    </message>
    <message>
        <source>not predicted: it is the first</source>
        <translation>未预测：它是第一个</translation>
    </message>
</context>
<context>
    <name>_Pictures</name>
    <message>
        <source>Sample pictures</source>
        <translation>样例图片</translation>
    </message>
</context>
<context>
    <name>_RunLine</name>
    <message>
        <source>{run} (training)</source>
        <translation>{run}，训练中</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>About Big Model Studio…</source>
        <translation>关于 Big Model Studio…</translation>
    </message>
    <message>
        <source>Account on the Hub…</source>
        <translation>Hub 账户…</translation>
    </message>
    <message>
        <source>Check data…</source>
        <translation>检查数据…</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Command palette…</source>
        <translation>命令面板…</translation>
    </message>
    <message>
        <source>Confusion matrix: zoom in and out</source>
        <translation>混淆：放大、缩小</translation>
    </message>
    <message>
        <source>Curves: move between points</source>
        <translation>曲线：逐点移动</translation>
    </message>
    <message>
        <source>Curves: show all</source>
        <translation>曲线：显示全部</translation>
    </message>
    <message>
        <source>Curves: the examples of a step</source>
        <translation>曲线：某一步的样本</translation>
    </message>
    <message>
        <source>Curves: zoom in and out</source>
        <translation>曲线：放大、缩小</translation>
    </message>
    <message>
        <source>Dark appearance</source>
        <translation>深色外观</translation>
    </message>
    <message>
        <source>Data: move between tokens</source>
        <translation>数据：在词元之间移动</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>Experiments…</source>
        <translation>实验…</translation>
    </message>
    <message>
        <source>Export curves…</source>
        <translation>导出曲线…</translation>
    </message>
    <message>
        <source>Export the chat…</source>
        <translation>导出对话…</translation>
    </message>
    <message>
        <source>Find in this chat</source>
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>Fork the run…</source>
        <translation>分叉训练任务…</translation>
    </message>
    <message>
        <source>Guide…</source>
        <translation>指南…</translation>
    </message>
    <message>
        <source>Heat maps: move between cells</source>
        <translation>热图：逐格移动</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Import chats…</source>
        <translation>导入对话…</translation>
    </message>
    <message>
        <source>Language…</source>
        <translation>语言…</translation>
    </message>
    <message>
        <source>Layers: move between cells</source>
        <translation>各层：逐格移动</translation>
    </message>
    <message>
        <source>Light appearance</source>
        <translation>浅色外观</translation>
    </message>
    <message>
        <source>Logs…</source>
        <translation>日志…</translation>
    </message>
    <message>
        <source>Mask the word at the cursor</source>
        <translation>遮盖光标处的词</translation>
    </message>
    <message>
        <source>Network activity…</source>
        <translation>网络活动…</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建训练</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open pictures…</source>
        <translation>打开图片…</translation>
    </message>
    <message>
        <source>Open texts…</source>
        <translation>打开文本…</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Paste a picture</source>
        <translation>粘贴图片</translation>
    </message>
    <message>
        <source>Pause the run</source>
        <translation>暂停训练</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Recently removed…</source>
        <translation>最近移除…</translation>
    </message>
    <message>
        <source>Remove a chat</source>
        <translation>移除对话</translation>
    </message>
    <message>
        <source>Remove a model</source>
        <translation>移除模型</translation>
    </message>
    <message>
        <source>Remove a picture</source>
        <translation>从页面移除图片</translation>
    </message>
    <message>
        <source>Remove a run</source>
        <translation>移除训练任务</translation>
    </message>
    <message>
        <source>Rename a chat</source>
        <translation>重命名对话</translation>
    </message>
    <message>
        <source>Resume the run</source>
        <translation>继续训练</translation>
    </message>
    <message>
        <source>Run on the text</source>
        <translation>读取所写的文字</translation>
    </message>
    <message>
        <source>Run the model</source>
        <translation>让模型读取</translation>
    </message>
    <message>
        <source>Save the run now</source>
        <translation>立即保存训练</translation>
    </message>
    <message>
        <source>Search the Hub</source>
        <translation>搜索 Hub</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Shortcuts…</source>
        <translation>快捷键…</translation>
    </message>
    <message>
        <source>Show or hide the monitor</source>
        <translation>显示或隐藏监视器</translation>
    </message>
    <message>
        <source>Show the tree of the chat</source>
        <translation>显示对话的分支树</translation>
    </message>
    <message>
        <source>Start the run</source>
        <translation>按表单开始训练</translation>
    </message>
    <message>
        <source>Step through one update…</source>
        <translation>逐步查看一次更新…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止读取</translation>
    </message>
    <message>
        <source>Stop the reply</source>
        <translation>停止回复</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>停止训练</translation>
    </message>
    <message>
        <source>Undo the last removal</source>
        <translation>撤销上次移除</translation>
    </message>
    <message>
        <source>Use the model</source>
        <translation>使用模型</translation>
    </message>
    <message>
        <source>Use the run&apos;s model</source>
        <translation>使用该训练任务得到的模型</translation>
    </message>
    <message>
        <source>Work offline</source>
        <translation>离线工作</translation>
    </message>
</context>
<context>
    <name>arguments</name>
    <message>
        <source>Choose a masked language model.</source>
        <translation>请选择掩码语言模型。</translation>
    </message>
    <message>
        <source>Choose a text classifier.</source>
        <translation>请选择文本分类模型。</translation>
    </message>
    <message>
        <source>Choose a text encoder.</source>
        <translation>请选择文本编码器。</translation>
    </message>
    <message>
        <source>Choose a text model.</source>
        <translation type="vanished">请选择文本模型。</translation>
    </message>
    <message>
        <source>Choose a token classifier.</source>
        <translation>请选择词元分类模型。</translation>
    </message>
    <message>
        <source>Choose an encoder-decoder such as T{0}, BART or Marian.</source>
        <translation>请选择 T{0}、BART 或 Marian 这样的编码器-解码器模型。</translation>
    </message>
    <message>
        <source>Choose an image classifier.</source>
        <translation type="vanished">请选择图片分类模型。</translation>
    </message>
    <message>
        <source>CoNLL-U has ten columns, which tabs separate</source>
        <translation>CoNLL-U 有十列，以制表符分隔</translation>
    </message>
    <message>
        <source>Paused, memory released, after step {0}.</source>
        <translation>已暂停，内存已释放，停在第 {0} 步后。</translation>
    </message>
    <message>
        <source>Stopped after step {0}.</source>
        <translation>已在第 {0} 步后停止。</translation>
    </message>
    <message>
        <source>a divisor of the {0} examples of an update</source>
        <translation>能整除每次更新的 {0} 个样本的数</translation>
    </message>
    <message>
        <source>a multiple of model.heads ({0})</source>
        <translation>model.heads（{0}）的整数倍</translation>
    </message>
    <message>
        <source>a name without control characters</source>
        <translation>不含控制字符的名称</translation>
    </message>
    <message>
        <source>a share from {0} to {1}, or a list of files or folders</source>
        <translation>{0} 到 {1} 之间的比例，或文件、文件夹列表</translation>
    </message>
    <message>
        <source>a token is listed twice</source>
        <translation>同一个词元列出了两次</translation>
    </message>
    <message>
        <source>a valid folder name: no / \ : * ? &quot; &lt; &gt; | and no leading dot</source>
        <translation>有效的文件夹名：不含 / \ : * ? &quot; &lt; &gt; |，且不以点开头</translation>
    </message>
    <message>
        <source>a word without a tag</source>
        <translation>有词没有标签</translation>
    </message>
    <message>
        <source>above {0}</source>
        <translation>大于 {0}</translation>
    </message>
    <message>
        <source>above {0}, at most {1}; {2} is usual</source>
        <translation>大于 {0}，最多 {1}；常用 {2}</translation>
    </message>
    <message>
        <source>another program</source>
        <translation>其他程序</translation>
    </message>
    <message>
        <source>as many numbers as model.widths has ({0})</source>
        <translation>与 model.widths 个数相同（{0} 个）</translation>
    </message>
    <message>
        <source>at least one file or folder</source>
        <translation>至少一个文件或文件夹</translation>
    </message>
    <message>
        <source>at most {0}</source>
        <translation>最多 {0}</translation>
    </message>
    <message>
        <source>at most {0} characters</source>
        <translation>不超过 {0} 个字符</translation>
    </message>
    <message>
        <source>at most {0}: a newer version wrote this file</source>
        <translation>不超过 {0}：该文件由更新的版本写入</translation>
    </message>
    <message>
        <source>ddp (LoRA doesn&apos;t support fsdp)</source>
        <translation>训练 LoRA 时为 ddp</translation>
    </message>
    <message>
        <source>each {0} to {1}</source>
        <translation>每个都在 {0} 到 {1} 之间</translation>
    </message>
    <message>
        <source>each {0} to {1}, in ascending order</source>
        <translation>每个 {0} 到 {1}，从小到大</translation>
    </message>
    <message>
        <source>empty unless data.multi_label is true</source>
        <translation>除非 data.multi_label 为 true，否则留空</translation>
    </message>
    <message>
        <source>empty unless the objective is classify-text</source>
        <translation>留空（目标为 classify-text 时除外）</translation>
    </message>
    <message>
        <source>evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>false but for classify-text</source>
        <translation>除 classify-text 外为 false</translation>
    </message>
    <message>
        <source>false for a ResNet from scratch</source>
        <translation>从头训练 ResNet 时为 false</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>image_std has a zero</source>
        <translation>image_std 含有零</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>it belongs to another model</source>
        <translation>它属于另一个模型</translation>
    </message>
    <message>
        <source>it has half of a character (a lone surrogate)</source>
        <translation>其中有半个字符（孤立代理项）</translation>
    </message>
    <message>
        <source>it has no class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>it has no picture</source>
        <translation>没有图片</translation>
    </message>
    <message>
        <source>it has no second text</source>
        <translation>没有第二个文本</translation>
    </message>
    <message>
        <source>it has no tokenizer.json and none can be made from its files</source>
        <translation type="vanished">没有 tokenizer.json，也无法从现有文件生成</translation>
    </message>
    <message>
        <source>it is missing</source>
        <translation>它不存在</translation>
    </message>
    <message>
        <source>it is missing beside vocab.json</source>
        <translation>vocab.json 旁边没有它</translation>
    </message>
    <message>
        <source>it is no JSON list</source>
        <translation>它不是 JSON 列表</translation>
    </message>
    <message>
        <source>it is no JSON object</source>
        <translation>不是 JSON 对象</translation>
    </message>
    <message>
        <source>it is no list of modules</source>
        <translation>它不是模块列表</translation>
    </message>
    <message>
        <source>it is not JSON</source>
        <translation>不是 JSON</translation>
    </message>
    <message>
        <source>it is not UTF{0}</source>
        <translation>它不是 UTF{0}</translation>
    </message>
    <message>
        <source>it is not a table</source>
        <translation>它不是一张表</translation>
    </message>
    <message>
        <source>it is not readable JSON with a weight_map</source>
        <translation>不是含有 weight_map 的有效 JSON</translation>
    </message>
    <message>
        <source>it is too large</source>
        <translation>文件过大</translation>
    </message>
    <message>
        <source>it names another file to take the weights from</source>
        <translation>它指定从另一个文件读取权重</translation>
    </message>
    <message>
        <source>it repeats the header</source>
        <translation type="vanished">它重复了表头</translation>
    </message>
    <message>
        <source>its chat template is longer than {0} KiB</source>
        <translation>其对话模板超过 {0} KiB</translation>
    </message>
    <message>
        <source>its contents are not what was saved</source>
        <translation>内容与保存时不一致</translation>
    </message>
    <message>
        <source>its weight_map is empty</source>
        <translation>weight_map 为空</translation>
    </message>
    <message>
        <source>max_seq_length is no number of tokens</source>
        <translation>max_seq_length 不是词元数</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型输出</translation>
    </message>
    <message>
        <source>no example was given</source>
        <translation>没有给出示例</translation>
    </message>
    <message>
        <source>no model was chosen</source>
        <translation>没有选择模型</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>reading pictures: {0}%</source>
        <translation>正在读取图片：{0}%</translation>
    </message>
    <message>
        <source>reading: {0}%</source>
        <translation>正在读取数据：{0}%</translation>
    </message>
    <message>
        <source>running</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>tags stand before their words, and must be in the last column</source>
        <translation>标签位于词之前，而标签必须在最后一列</translation>
    </message>
    <message>
        <source>the file lists no scores of its tokens</source>
        <translation>文件没有列出词元的分数</translation>
    </message>
    <message>
        <source>the file lists no tokens</source>
        <translation>文件没有列出词元</translation>
    </message>
    <message>
        <source>the headers of all files are too long together</source>
        <translation>所有文件的头部合计过长</translation>
    </message>
    <message>
        <source>three numbers</source>
        <translation>三个数</translation>
    </message>
    <message>
        <source>tokenizing: {0}%</source>
        <translation>分词：{0}%</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>up to three characters that are no letters, digits, quotes or line breaks, such as ;</source>
        <translation>最多三个字符，不能是字母、数字、引号或换行，例如 ;</translation>
    </message>
    <message>
        <source>vocabulary: {0}%</source>
        <translation>正在构建词表：{0}%</translation>
    </message>
    <message>
        <source>whole numbers, for example {0}, {1}k, {2}M</source>
        <translation>整数，例如 {0}、{1}k、{2}M</translation>
    </message>
    <message>
        <source>{0} (a twentieth), or {1} up to the steps</source>
        <translation>{0}（总步数的二十分之一），或 {1} 到总步数之间</translation>
    </message>
    <message>
        <source>{0} (all) or more</source>
        <translation>不小于 {0}（0 为全部）</translation>
    </message>
    <message>
        <source>{0} (automatic), {1} (never) or more</source>
        <translation>{0}（自动）、{1}（从不）或更多</translation>
    </message>
    <message>
        <source>{0} (greedy) or more</source>
        <translation>不小于 {0}（0 为贪心）</translation>
    </message>
    <message>
        <source>{0} (greedy) to {1}</source>
        <translation>{0}（贪心）到 {1}</translation>
    </message>
    <message>
        <source>{0} (half the context) or more</source>
        <translation>不小于 {0}（0 为上下文的一半）</translation>
    </message>
    <message>
        <source>{0} (no limit), a share of the free disk up to {1}, or bytes</source>
        <translation>{0}（不限）、不超过 {1} 的可用磁盘比例，或字节数</translation>
    </message>
    <message>
        <source>{0} (off) or more</source>
        <translation>不小于 {0}（0 为关闭）</translation>
    </message>
    <message>
        <source>{0} (off) to {1}</source>
        <translation>{0}（关闭）到 {1}</translation>
    </message>
    <message>
        <source>{0} (off) to {1}; {2} is usual</source>
        <translation>{0}（关闭）到 {1}；通常为 {2}</translation>
    </message>
    <message>
        <source>{0} (off) without data.evaluation</source>
        <translation>没有 data.evaluation 时为 {0}（关闭）</translation>
    </message>
    <message>
        <source>{0} or more</source>
        <translation>不小于 {0}</translation>
    </message>
    <message>
        <source>{0} or more: two sentences and three tokens around them</source>
        <translation>{0} 或更大：要容纳两个句子和它们周围的三个词元</translation>
    </message>
    <message>
        <source>{0} to below {1}</source>
        <translation>不小于 {0} 且小于 {1}</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 到 {1}</translation>
    </message>
    <message>
        <source>{0} to {1} (no crops)</source>
        <translation>{0} 到 {1}（不裁剪）</translation>
    </message>
    <message>
        <source>{0} to {1} (off)</source>
        <translation>{0} 到 {1}（关闭）</translation>
    </message>
    <message>
        <source>{0} to {1} ({2}^{3} − {4})</source>
        <translation>{0} 到 {1}（{2}^{3} − {4}）</translation>
    </message>
    <message>
        <source>{0} to {1} numbers</source>
        <translation>{0} 到 {1} 个数</translation>
    </message>
    <message>
        <source>{0} to {1} pixels</source>
        <translation>{0} 到 {1} 像素</translation>
    </message>
    <message>
        <source>{0} to {1} pixels with {2} stages</source>
        <translation>{2} 个阶段时为 {0} 到 {1} 像素</translation>
    </message>
    <message>
        <source>{0} to {1}, {2} being off</source>
        <translation>{0} 到 {1}，{2} 表示关闭</translation>
    </message>
    <message>
        <source>{0}n + {1}: {2}, {3}, {4}, {5}, {6}, {7}, …</source>
        <translation>{0}n + {1}：{2}、{3}、{4}、{5}、{6}、{7}……</translation>
    </message>
</context>
<context>
    <name>articles</name>
    <message>
        <source>100 GB</source>
        <translation>100 GB</translation>
    </message>
    <message>
        <source>110 million (base), 340 million (large)</source>
        <translation>1.1 亿（base），3.4 亿（large）</translation>
    </message>
    <message>
        <source>12 (base), 24 (large)</source>
        <translation>12（base），24（large）</translation>
    </message>
    <message>
        <source>150 million</source>
        <translation>1.5 亿</translation>
    </message>
    <message>
        <source>16 TPU chips (base), 64 TPU chips (large), 4 days each</source>
        <translation>16 块 TPU 芯片（base），64 块（large），各训练 4 天</translation>
    </message>
    <message>
        <source>16,000 GPUs</source>
        <translation>16000 块 GPU</translation>
    </message>
    <message>
        <source>175 billion</source>
        <translation>1750 亿</translation>
    </message>
    <message>
        <source>224 × 224 pictures in 16 × 16 patches. The paper&apos;s 86 million exclude the classifier, which has 0.77 million here (1,000 classes).</source>
        <translation>输入为 224 × 224 的图片，分成 16 × 16 的块。论文的 8600 万不含分类头；此处 1,000 类的分类头有 77 万参数。</translation>
    </message>
    <message>
        <source>300 million</source>
        <translation>3 亿</translation>
    </message>
    <message>
        <source>4,000 GPUs</source>
        <translation>4000 块 GPU</translation>
    </message>
    <message>
        <source>800 GB</source>
        <translation>800 GB</translation>
    </message>
    <message>
        <source>800 GB is more than its weights in 32 bits; in 16 bits, as usually served, they take half.</source>
        <translation>800 GB 比它 32 位权重还多；部署时用 16 位，只占其一半。</translation>
    </message>
    <message>
        <source>A number of devices means little without days: the paper gives 3.14·10²³ operations, like 6·N·D.</source>
        <translation>只说设备数量而不说天数没有意义：论文给出 3.14·10²³ 次运算，与 6·N·D 一致。</translation>
    </message>
    <message>
        <source>A thousand times too many: BERT large used 64 TPU chips for four days.</source>
        <translation>多了上千倍，而且用的是 TPU：BERT large 用了 64 块芯片训练四天。</translation>
    </message>
    <message>
        <source>BERT is trained on masked words. A decoder sees only earlier tokens, which is why it can generate text.</source>
        <translation>遮盖词语是 BERT 的训练方式。解码器只能看到前文，因此它才能写作。</translation>
    </message>
    <message>
        <source>Built like GPT-2 with a context of 2,048 and GPT-2&apos;s 50,257 tokens: the paper uses the same architecture. Sparse attention in every second layer doesn&apos;t change the parameter count.</source>
        <translation>结构与 GPT-2 相同，上下文为 2,048，词元沿用 GPT-2 的 50,257 个：论文说架构相同。每隔一层的稀疏注意力不改变参数量。</translation>
    </message>
    <message>
        <source>Built like GPT-2 with a context of 2,048 and GPT-2&apos;s 50,257 tokens: the paper uses the same architecture. Sparse attention in every second layer doesn&apos;t change the parameter count. A width of 5,140 doesn&apos;t divide into 40 heads of 128 (5,120): it is built with 5,120 and has 12.85 billion parameters.</source>
        <translation>结构与 GPT-2 相同，上下文为 2,048，词元沿用 GPT-2 的 50,257 个：论文说架构相同。每隔一层的稀疏注意力不改变参数量。宽度 5,140 不能分成 40 个 128 维的头（5,120）：这里按 5,120 构建，共 128.5 亿参数。</translation>
    </message>
    <message>
        <source>Built like GPT-2 with a context of 2,048 and GPT-2&apos;s 50,257 tokens: the paper uses the same architecture. Sparse attention in every second layer doesn&apos;t change the parameter count. With 24 heads of 128 the width would be 3,072, not 2,048: it is built with 16 heads, which doesn&apos;t change the parameter count.</source>
        <translation>结构与 GPT-2 相同，上下文为 2,048，词元沿用 GPT-2 的 50,257 个：论文说架构相同。每隔一层的稀疏注意力不改变参数量。24 个 128 维的头宽度应为 3,072 而非 2,048：这里用 16 个头构建，参数量不变。</translation>
    </message>
    <message>
        <source>Close to the large model; base and large differ by a factor of three.</source>
        <translation>接近 large 版。指的是哪一个，相差三倍。</translation>
    </message>
    <message>
        <source>Inference memory</source>
        <translation>部署所需内存</translation>
    </message>
    <message>
        <source>It fits any laptop: less than a gigabyte in 16 bits.</source>
        <translation>任何笔记本都装得下：16 位下不到 1 GB。</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>No model of the family has 17: they have 12, 24, 32, 40 or 96.</source>
        <translation>该系列没有 17 层的模型：它们有 12、24、32、40 或 96 层。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>The paper&apos;s table gives layers and multiply-adds; parameters are those of the released models. Layers counts convolutions and the last layer, without shortcuts.</source>
        <translation>论文表中给出层数和乘加次数；参数量取自作者及后来各方发布的模型。层数指卷积层和最后一层，不计捷径。</translation>
    </message>
    <message>
        <source>The paper&apos;s table says 117M and 1542M; OpenAI corrected this with the release to 124M and 1558M, which match the weights.</source>
        <translation>论文表中写的是 117M 和 1542M；OpenAI 发布时更正为 124M 和 1558M，与实际权重相符。</translation>
    </message>
    <message>
        <source>Training devices</source>
        <translation>训练所用设备</translation>
    </message>
    <message>
        <source>Training objective</source>
        <translation>训练方式</translation>
    </message>
    <message>
        <source>Twelve layers is the base model, with 110 million parameters: the two claims mix different models.</source>
        <translation>十二层的是 base 版，参数为 1.1 亿：这两个说法指的是不同的模型。</translation>
    </message>
    <message>
        <source>V100 GPUs on a cluster by Microsoft; no number is given</source>
        <translation>微软集群上的 V100 GPU；未给出数量</translation>
    </message>
    <message>
        <source>With the masked-LM head and 30,522 lower-case pieces. Pooler and next-sentence head add 0.6 million (base) and 1.05 million (large).</source>
        <translation>含遮盖词预测头，词表为 30,522 个小写词片。池化层和下一句预测头另加 60 万（base）和 105 万（large）。</translation>
    </message>
    <message>
        <source>Wrong by a factor of over a thousand. The smallest of the paper&apos;s eight models has 125 million.</source>
        <translation>相差一千多倍。1.25 亿是该论文八个模型中最小的一个。</translation>
    </message>
    <message>
        <source>masked words</source>
        <translation>预测被遮盖的词</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>未给出</translation>
    </message>
    <message>
        <source>predicting the next token</source>
        <translation>预测下一个词元</translation>
    </message>
</context>
<context>
    <name>chat</name>
    <message>
        <source>%n h ago</source>
        <translation>%n 小时前</translation>
    </message>
    <message>
        <source>%n min ago</source>
        <translation>%n 分钟前</translation>
    </message>
    <message>
        <source>(no text)</source>
        <translation>（无文本）</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 词元</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>回复</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>drafts {rate}</source>
        <translation>草稿 {rate}</translation>
    </message>
    <message>
        <source>first token after {time}</source>
        <translation>首词元 {time}</translation>
    </message>
    <message>
        <source>not shown</source>
        <translation>未显示</translation>
    </message>
    <message>
        <source>now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>显示中</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>version {number} of {count}</source>
        <translation>版本 {number} / {count}</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number} / {count}</translation>
    </message>
</context>
<context>
    <name>dropping</name>
    <message>
        <source>Folders: {count} → the page for what is in them</source>
        <translation>文件夹：{count} → 按其内容打开相应页面</translation>
    </message>
    <message>
        <source>Model files: {count} → Models</source>
        <translation>模型文件：{count} → 模型页</translation>
    </message>
    <message>
        <source>Other files: {count}</source>
        <translation>其他文件：{count}</translation>
    </message>
    <message>
        <source>Pictures: {count} → Images</source>
        <translation>图片：{count} → 图片页</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Texts and data: {count} → Train</source>
        <translation>文本和数据：{count} → 训练页</translation>
    </message>
    <message>
        <source>was opened as well.</source>
        <translation>也已打开。</translation>
    </message>
</context>
<context>
    <name>experiments</name>
    <message>
        <source>A sweep this small shows the method and the slope for its own text, vocabulary and sizes; Kaplan et al. found 0.050 over about eight decades.</source>
        <translation>这样小的扫描只展示方法，以及它自己的文本、词表和模型大小所对应的斜率；Kaplan 等人在约八个数量级上得到 0.050。</translation>
    </message>
    <message>
        <source>Depth hurt without shortcuts and didn&apos;t with them, as in the paper.</source>
        <translation>没有捷径时加深有害，有捷径时则无害，与论文一致。</translation>
    </message>
    <message>
        <source>Depth hurt without shortcuts. With them the deep network is better, but still behind the shallow one.</source>
        <translation>没有捷径时加深有害，有了捷径深层网络就更好；但它还没有赶上浅层网络。</translation>
    </message>
    <message>
        <source>Depth needs shortcuts: without them 56 layers learn worse than 20, with them far better.</source>
        <translation>深度为何需要捷径：没有捷径时 56 层学得比 20 层差，有了捷径就好得多。</translation>
    </message>
    <message>
        <source>Final loss without shortcuts: {plain_deep} ({deep} layers), {plain_shallow} ({shallow} layers); with shortcuts: {residual_deep} ({deep} layers), {residual_shallow} ({shallow} layers).</source>
        <translation>没有捷径时，{deep} 层的最终损失为 {plain_deep}，{shallow} 层为 {plain_shallow}；有捷径时，{deep} 层为 {residual_deep}，{shallow} 层为 {residual_shallow}。</translation>
    </message>
    <message>
        <source>Loss against compute: models of several sizes train on increasing amounts of text; the best follow a power law.</source>
        <translation>损失如何随计算量下降：多种大小的模型学习越来越多的文本，其中最好的都落在一条幂律线上。</translation>
    </message>
    <message>
        <source>Picture size (pixels)</source>
        <translation>图片尺寸（像素）</translation>
    </message>
    <message>
        <source>Residual networks</source>
        <translation>残差网络</translation>
    </message>
    <message>
        <source>Scaling law</source>
        <translation>缩放定律</translation>
    </message>
    <message>
        <source>Steps per run</source>
        <translation>每个训练任务的步数</translation>
    </message>
    <message>
        <source>These runs don&apos;t show that depth needs shortcuts.</source>
        <translation>这些训练任务看不出深度需要捷径。</translation>
    </message>
    <message>
        <source>Training pictures</source>
        <translation>训练图片数</translation>
    </message>
    <message>
        <source>Training text</source>
        <translation>训练文本</translation>
    </message>
    <message>
        <source>Training tokens</source>
        <translation>训练词元数</translation>
    </message>
    <message>
        <source>Widths</source>
        <translation>宽度</translation>
    </message>
</context>
<context>
    <name>guide</name>
    <message>
        <source>Drop pictures and see how an image classifier labels them.</source>
        <translation>拖入图片，查看图片分类器给出的类别。</translation>
    </message>
    <message>
        <source>Fill in words, classify, tag, compare, summarize and translate texts.</source>
        <translation>对文本进行填词、分类、标注、比较、摘要和翻译。</translation>
    </message>
    <message>
        <source>Find, download and inspect models, and plan what fits this computer.</source>
        <translation>查找、下载和查看模型，并规划哪些适合本机。</translation>
    </message>
    <message>
        <source>Talk to a language model; edit, regenerate and branch its replies.</source>
        <translation>与语言模型对话；可以编辑、重新生成和分叉它的回复。</translation>
    </message>
    <message>
        <source>Train a model on your data and watch it learn; pause, resume, fork.</source>
        <translation>用自己的数据训练模型并观察其学习；可以暂停、继续和分叉。</translation>
    </message>
</context>
<context>
    <name>links</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open a link</source>
        <translation>打开链接</translation>
    </message>
</context>
<context>
    <name>log</name>
    <message>
        <source>Command line</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>Engine: chat and pictures</source>
        <translation>引擎：对话与图片</translation>
    </message>
    <message>
        <source>Engine: measuring</source>
        <translation>引擎：测量</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>The window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告和错误</translation>
    </message>
</context>
<context>
    <name>messages</name>
    <message>
        <source>1 chat has a system message; the chat template has no system role.</source>
        <translation>有 1 段对话含系统消息；对话模板没有系统角色。</translation>
    </message>
    <message>
        <source>1 chat is skipped: no answer starts within the context of {context:,} tokens.</source>
        <translation>有 1 段对话被跳过：在 {context:,} 个词元的上下文内没有回答开始。</translation>
    </message>
    <message>
        <source>1 class has fewer than {few} training examples: {labels}.</source>
        <translation>有 1 个类别的训练样本少于 {few} 个：{labels}。</translation>
    </message>
    <message>
        <source>1 class has no evaluation examples: {labels}.</source>
        <translation>有 1 个类别没有评估样本：{labels}。</translation>
    </message>
    <message>
        <source>1 entry is not a valid chat and is skipped: {detail}.</source>
        <translation>有 1 条不是有效的对话，已跳过：{detail}。</translation>
    </message>
    <message>
        <source>1 entry is not a valid preference pair and is skipped: {detail}.</source>
        <translation>有 1 条不是有效的偏好对，已跳过：{detail}。</translation>
    </message>
    <message>
        <source>1 example repeats an earlier one with a different label.</source>
        <translation>有 1 个样本重复了前面的样本，标签却不同。</translation>
    </message>
    <message>
        <source>1 folder contains no pictures and is not a class: {labels}.</source>
        <translation>有 1 个文件夹不含图片，不是类别：{labels}。</translation>
    </message>
    <message>
        <source>1 line is not UTF-8.</source>
        <translation>有 1 行不是 UTF-8。</translation>
    </message>
    <message>
        <source>1 line is not UTF-8; invalid bytes are read as “�”.</source>
        <translation>有 1 行不是 UTF-8；无效字节读作“�”。</translation>
    </message>
    <message>
        <source>1 more of the {examples:,} training examples ({share}) is a duplicate apart from spaces and case.</source>
        <translation>{examples:,} 个训练样本中另有 1 个（{share}）除空格和大小写外重复。</translation>
    </message>
    <message>
        <source>1 more of {examples:,} evaluation examples ({share}) matches training data apart from spaces and case.</source>
        <translation>{examples:,} 个评估样本中另有 1 个（{share}）除空格和大小写外与训练数据相同。</translation>
    </message>
    <message>
        <source>1 of the {examples:,} evaluation examples ({share}) is in the training data too.</source>
        <translation>{examples:,} 个评估样本中有 1 个（{share}）也在训练数据里。</translation>
    </message>
    <message>
        <source>1 of the {examples:,} examples is truncated: the context is {context:,} tokens.</source>
        <translation>{examples:,} 个样本中有 1 个被截断：上下文为 {context:,} 个词元。</translation>
    </message>
    <message>
        <source>1 of the {examples:,} training examples ({share}) is an exact duplicate.</source>
        <translation>{examples:,} 个训练样本中有 1 个（{share}）完全重复。</translation>
    </message>
    <message>
        <source>1 pair is skipped: within the context of {context:,} tokens, an answer is missing or both match.</source>
        <translation>有 1 对被跳过：在 {context:,} 个词元的上下文内缺少回答，或两个回答相同。</translation>
    </message>
    <message>
        <source>1 picture can&apos;t be read and is skipped: {reason}</source>
        <translation>有 1 张图片无法读取，已跳过：{reason}</translation>
    </message>
    <message>
        <source>1 picture in {path} was skipped: {formats} is not supported.</source>
        <translation>{path} 中有 1 张图片被跳过：不支持 {formats}。</translation>
    </message>
    <message>
        <source>1 row has no text and is skipped.</source>
        <translation>有 1 行没有文本，已跳过。</translation>
    </message>
    <message>
        <source>1 row is invalid: {detail}.</source>
        <translation>有 1 行无效：{detail}。</translation>
    </message>
    <message>
        <source>A GGUF file can be opened once it is downloaded. Models for diffusers and other libraries are not supported.</source>
        <translation>GGUF 文件下载后即可打开。不支持 diffusers 等其他库的模型。</translation>
    </message>
    <message>
        <source>A batch of {batch} with gradient accumulation of {accumulate} is equivalent and needs about {smaller}.</source>
        <translation>批大小设为 {batch} 并累积 {accumulate} 次，效果相同，大约需要 {smaller}。</translation>
    </message>
    <message>
        <source>A context of {context} tokens needs about {smaller}.</source>
        <translation>上下文设为 {context} 个词元时，大约需要 {smaller}。</translation>
    </message>
    <message>
        <source>A fork keeps the model of its checkpoint, so {field} can&apos;t change.</source>
        <translation>分叉沿用其检查点的模型，因此 {field} 不能改变。</translation>
    </message>
    <message>
        <source>A message here was damaged on disk and couldn&apos;t be recovered.</source>
        <translation>此处有一条消息在磁盘上损坏，无法恢复。</translation>
    </message>
    <message>
        <source>A model can&apos;t learn when it is wrong: add texts without it.</source>
        <translation type="vanished">模型学不到它何时不对：请添加没有该类别的文本。</translation>
    </message>
    <message>
        <source>A model trained from scratch has nothing to freeze.</source>
        <translation>从零训练的模型没有可以冻结的部分。</translation>
    </message>
    <message>
        <source>A newer version of the application (file version {version}) wrote {path}.</source>
        <translation>{path} 由更新版本的应用写入（文件版本 {version}）。</translation>
    </message>
    <message>
        <source>A run stops at the first of them: fix or remove them.</source>
        <translation>训练任务会在遇到第一处时结束：请修正，或将其删去。</translation>
    </message>
    <message>
        <source>A run stops at the first of them: save the file as UTF-8.</source>
        <translation>训练任务会在遇到第一处时结束：请将文件存为 UTF-8。</translation>
    </message>
    <message>
        <source>A run stops there: fix or remove it.</source>
        <translation>运行会在那里停止：请修正或删除这一行。</translation>
    </message>
    <message>
        <source>A run stops there: save the file as UTF-8.</source>
        <translation>运行会在那里停止：请把文件保存为 UTF-8。</translation>
    </message>
    <message>
        <source>A shard of the weights is missing: {file}.</source>
        <translation>缺少一部分权重：{file}。</translation>
    </message>
    <message>
        <source>About {rate} pictures/s.</source>
        <translation>每秒约识别 {rate} 张图片。</translation>
    </message>
    <message>
        <source>About {rate} texts/s.</source>
        <translation>每秒约处理 {rate} 段文本。</translation>
    </message>
    <message>
        <source>About {rate} tokens/s.</source>
        <translation>每秒约生成 {rate} 个词元。</translation>
    </message>
    <message>
        <source>Accept its conditions on {page}, sign in with an access token, then try again.</source>
        <translation>请在 {page} 上接受条件，然后用访问令牌登录并重试。</translation>
    </message>
    <message>
        <source>Add an example, and choose a model on this computer.</source>
        <translation>请添加一个示例，并选择一个本机上的模型。</translation>
    </message>
    <message>
        <source>Add an “architectures” entry, for example [&quot;LlamaForCausalLM&quot;].</source>
        <translation>请补上“architectures”一项，例如 [&quot;LlamaForCausalLM&quot;]。</translation>
    </message>
    <message>
        <source>Add documents of several sentences (a blank line ends a document), or set masking.next_sentence to false.</source>
        <translation>空行表示一篇文档结束：请添加包含多个句子的文本，或把 masking.next_sentence 设为 false。</translation>
    </message>
    <message>
        <source>Add examples of another class: a classifier needs at least two.</source>
        <translation>请添加另一个类别的样本：分类器至少需要两个类别。</translation>
    </message>
    <message>
        <source>Add examples, or remove these classes.</source>
        <translation>请为它们添加样本，或去掉这些类别。</translation>
    </message>
    <message>
        <source>Add examples, or remove this class.</source>
        <translation>请添加样本，或删除这个类别。</translation>
    </message>
    <message>
        <source>Add it, as in the example in the README.</source>
        <translation>请参照 README 中的示例补上。</translation>
    </message>
    <message>
        <source>Add pictures, or remove the folder.</source>
        <translation>请添加图片，或删除该文件夹。</translation>
    </message>
    <message>
        <source>Add pictures, or remove the folders.</source>
        <translation>请放入图片，或删除这些文件夹。</translation>
    </message>
    <message>
        <source>Add runs with more compute, or wait for the running ones.</source>
        <translation>请增加计算量更大的训练任务，或等待正在进行的训练任务结束。</translation>
    </message>
    <message>
        <source>Add several values for a field, for example optimizer.learning_rate=1e-3,3e-4.</source>
        <translation>请为一个字段给出多个值，例如 optimizer.learning_rate=1e-3,3e-4。</translation>
    </message>
    <message>
        <source>Add some, or evaluate on a larger share.</source>
        <translation>将看不到它们学得如何：请添加一些，或加大评估的比例。</translation>
    </message>
    <message>
        <source>Add text, or reduce model.context (or change data.evaluation).</source>
        <translation>请增加文本，或减小 model.context（或调整 data.evaluation）。</translation>
    </message>
    <message>
        <source>Add texts with other classes, or with none.</source>
        <translation>请添加其他类别或没有类别的文本。</translation>
    </message>
    <message>
        <source>Add texts without this class: a model learns it from both.</source>
        <translation>请加入不属于该类别的文本：两种文本都有，模型才能学会。</translation>
    </message>
    <message>
        <source>All examples have one class ({label}).</source>
        <translation>所有样本都属于同一个类别（{label}）。</translation>
    </message>
    <message>
        <source>All texts have the same classes ({labels}), so there is nothing to learn.</source>
        <translation>所有文本的类别都相同（{labels}），没有可学习的内容。</translation>
    </message>
    <message>
        <source>All training texts have the class {labels}.</source>
        <translation>所有训练文本都有类别 {labels}。</translation>
    </message>
    <message>
        <source>Allowed: {may_be}.</source>
        <translation>可取值：{may_be}。</translation>
    </message>
    <message>
        <source>Always predicting it is right that often: check F1, not accuracy.</source>
        <translation>一律回答它就有这么高的正确率：请看统计找到了什么的 F1，而不是准确率。</translation>
    </message>
    <message>
        <source>Always predicting {label} is right {share} of the time: check F1 and each class, not accuracy alone.</source>
        <translation>一律回答 {label} 就有 {share} 的正确率：请看 F1 和各个类别，不要只看准确率。</translation>
    </message>
    <message>
        <source>Another process is using the queue of runs.</source>
        <translation>训练队列正被另一个进程占用。</translation>
    </message>
    <message>
        <source>Another program is using {path}.</source>
        <translation>另一个程序正在使用 {path}。</translation>
    </message>
    <message>
        <source>Another window of this application is open and not responding.</source>
        <translation>本应用的另一个窗口已打开，但没有响应。</translation>
    </message>
    <message>
        <source>At 4 bits about {rate} tokens/s.</source>
        <translation>4 位时约 {rate} 词元/秒。</translation>
    </message>
    <message>
        <source>Batch size {to}: {size}.</source>
        <translation>批量为 {to} 时需要 {size}。</translation>
    </message>
    <message>
        <source>Beam search needs the weights as stored, but {model} is loaded in {precision}.</source>
        <translation>束搜索需要按存储精度加载的权重，但 {model} 是以 {precision} 加载的。</translation>
    </message>
    <message>
        <source>Benchmarks are missing: an installed package doesn&apos;t contain them.</source>
        <translation>这里没有基准测试：它们属于项目源码，不随安装包提供。</translation>
    </message>
    <message>
        <source>By their values, the {what} is read from “{text}” and the class from “{label}” in {path}.</source>
        <translation>根据取值，{path} 中的{what}取自“{text}”，类别取自“{label}”。</translation>
    </message>
    <message>
        <source>Chat {number:,} in {path} is damaged: {detail}.</source>
        <translation>{path} 中的第 {number:,} 个对话已损坏：{detail}。</translation>
    </message>
    <message>
        <source>Chats are kept in memory and saved once the file is free.</source>
        <translation>对话暂存在内存中，文件可用后立即保存。</translation>
    </message>
    <message>
        <source>Check for a network sign-in page, and the mirror in the settings.</source>
        <translation>请检查网络是否需要登录，以及设置中的镜像。</translation>
    </message>
    <message>
        <source>Check its list of files.</source>
        <translation>请查看它的文件列表。</translation>
    </message>
    <message>
        <source>Check its name in the list of runs.</source>
        <translation>请在训练记录中查看它的名称。</translation>
    </message>
    <message>
        <source>Check its permissions, or open another.</source>
        <translation>请检查它的权限，或打开其他文件。</translation>
    </message>
    <message>
        <source>Check its permissions.</source>
        <translation>请检查它的权限。</translation>
    </message>
    <message>
        <source>Check its spelling, and whether it was moved.</source>
        <translation>请检查它是否被移走，或者名称拼写有误。</translation>
    </message>
    <message>
        <source>Check its spelling, or sign in with an access token that may read it.</source>
        <translation>请用有读取权限的访问令牌登录，或检查拼写。</translation>
    </message>
    <message>
        <source>Check its spelling. If it is private, sign in.</source>
        <translation>请检查拼写；私有模型登录后才能找到。</translation>
    </message>
    <message>
        <source>Check the address.</source>
        <translation>请检查地址是否正确。</translation>
    </message>
    <message>
        <source>Check the computer&apos;s date, the proxy and the mirror.</source>
        <translation>请检查计算机的日期、代理和镜像。</translation>
    </message>
    <message>
        <source>Check the encoding of the terminal or the script.</source>
        <translation>请检查终端或脚本的编码。</translation>
    </message>
    <message>
        <source>Check the network or proxy.</source>
        <translation>请检查网络或代理。</translation>
    </message>
    <message>
        <source>Check the queue in the list of runs.</source>
        <translation>请在训练记录中查看队列。</translation>
    </message>
    <message>
        <source>Check whether it was moved.</source>
        <translation>请检查它是否被移走。</translation>
    </message>
    <message>
        <source>Check whether text is missing there.</source>
        <translation>请查看那里是否缺了什么。</translation>
    </message>
    <message>
        <source>Check whether the network has a sign-in page, and which mirror is set in the settings.</source>
        <translation type="vanished">请查看网络是否要求先在其登录页面登录，以及设置中填写的是哪个镜像。</translation>
    </message>
    <message>
        <source>Check whether the right column is chosen for the class.</source>
        <translation>请检查类别列是否正确。</translation>
    </message>
    <message>
        <source>Choose a BERT that was trained with one, or set masking.next_sentence to false.</source>
        <translation>请选择带有下一句预测头的 BERT，或把 masking.next_sentence 设为 false。</translation>
    </message>
    <message>
        <source>Choose a base model for this language, or a larger vocabulary.</source>
        <translation>模型无法区分它们：请选用这种语言的基础模型，或更大的词表。</translation>
    </message>
    <message>
        <source>Choose a copy for transformers: a folder with config.json and model.safetensors.</source>
        <translation>请选择用于 transformers 的副本：含 config.json 和 model.safetensors 的文件夹。</translation>
    </message>
    <message>
        <source>Choose a copy for transformers: its config.json has “model_type”.</source>
        <translation>请选择用于 transformers 的副本：其 config.json 含有“model_type”。</translation>
    </message>
    <message>
        <source>Choose a copy of the model with safetensors weights.</source>
        <translation>请换用带有真正 safetensors 权重的模型副本。</translation>
    </message>
    <message>
        <source>Choose a copy with model.safetensors, or convert it: https://huggingface.co/spaces/safetensors/convert.</source>
        <translation>请换用带有 model.safetensors 的副本，或先转换：https://huggingface.co/spaces/safetensors/convert 。</translation>
    </message>
    <message>
        <source>Choose a copy with tokenizer.json, or convert the tokenizer with transformers and save it.</source>
        <translation>请选择带有 tokenizer.json 的副本，或用 transformers 转换分词器并保存。</translation>
    </message>
    <message>
        <source>Choose a copy with tokenizer.json.</source>
        <translation>请选择含 tokenizer.json 的副本。</translation>
    </message>
    <message>
        <source>Choose a file with other types: {runs}.</source>
        <translation>请换用其他类型的文件：{runs}。</translation>
    </message>
    <message>
        <source>Choose a folder with one subfolder of texts per class, or a file ending in {suffixes}.</source>
        <translation>可以是每个类别一个文本文件夹的文件夹，或以 {suffixes} 结尾的文件。</translation>
    </message>
    <message>
        <source>Choose a folder with one subfolder per class, or a table (CSV, TSV, JSON lines, Parquet) of picture paths.</source>
        <translation>请选择每个类别各有一个子文件夹的文件夹，或列出图片路径的表格（CSV、TSV、JSON 行、Parquet）。</translation>
    </message>
    <message>
        <source>Choose a folder with one subfolder per class, or a table of picture paths and their classes.</source>
        <translation>请选择每个类别一个子文件夹的文件夹，或列出图片路径及其类别的表格。</translation>
    </message>
    <message>
        <source>Choose a model of text, or one that classifies pictures.</source>
        <translation type="vanished">请选择文本模型或图片分类模型。</translation>
    </message>
    <message>
        <source>Choose a model that writes or reads text, or classifies pictures.</source>
        <translation>请选择生成或读取文本的模型，或图片分类模型。</translation>
    </message>
    <message>
        <source>Choose a model whose preprocessor_config.json crops to a fixed size.</source>
        <translation>请选择 preprocessor_config.json 中裁剪到固定尺寸的模型。</translation>
    </message>
    <message>
        <source>Choose a model whose steps are Transformer, Pooling and Normalize.</source>
        <translation type="vanished">请选择步骤为 Transformer、Pooling 和 Normalize 的模型。</translation>
    </message>
    <message>
        <source>Choose a model with only Transformer, Pooling and Normalize modules.</source>
        <translation>请选择只含 Transformer、Pooling 和 Normalize 模块的模型。</translation>
    </message>
    <message>
        <source>Choose a new folder.</source>
        <translation>请给出一个尚不存在的文件夹。</translation>
    </message>
    <message>
        <source>Choose a newer conversion of the model: a guess could give wrong tokens.</source>
        <translation>请换用此模型较新的转换文件：猜测可能得到错误的词元。</translation>
    </message>
    <message>
        <source>Choose a newer copy of the model.</source>
        <translation>请使用该模型较新的副本。</translation>
    </message>
    <message>
        <source>Choose a picture classifier that transformers reads, such as ResNet, ViT or ConvNeXt.</source>
        <translation>请选择 transformers 能读取的图片分类模型，例如 ResNet、ViT 或 ConvNeXt。</translation>
    </message>
    <message>
        <source>Choose a running one.</source>
        <translation>请选择正在运行的训练。</translation>
    </message>
    <message>
        <source>Choose a smaller batch or a shorter context.</source>
        <translation>请用更小的批量或更短的上下文。</translation>
    </message>
    <message>
        <source>Choose a smaller model (model.width, model.layers) or another device.</source>
        <translation>请减小模型（model.width、model.layers）或换用其他设备。</translation>
    </message>
    <message>
        <source>Choose a smaller model of the same family.</source>
        <translation>请选择同一系列中更小的模型。</translation>
    </message>
    <message>
        <source>Choose a smaller model, a device with more memory, or combine changes.</source>
        <translation>请选择更小的模型、内存更大的设备，或同时采用其中几项更改。</translation>
    </message>
    <message>
        <source>Choose a smaller model, or close other models and programs.</source>
        <translation>换用更小的模型，或关闭其他模型和程序。</translation>
    </message>
    <message>
        <source>Choose a step between its first and last.</source>
        <translation>请在首步与末步之间选择。</translation>
    </message>
    <message>
        <source>Choose a text encoder.</source>
        <translation>请选择文本编码器。</translation>
    </message>
    <message>
        <source>Choose a text file in UTF-8.</source>
        <translation>请选择 UTF-8 编码的文本文件。</translation>
    </message>
    <message>
        <source>Choose a text model, or one that classifies pictures.</source>
        <translation>请选择文本模型，或图片分类模型。</translation>
    </message>
    <message>
        <source>Choose a whole model, or an adapter such as LoRA that is merged into one.</source>
        <translation>请选择完整模型，或已合并到完整模型中的 LoRA 等适配器。</translation>
    </message>
    <message>
        <source>Choose another conversion of the model.</source>
        <translation>请换用此模型的另一份转换文件。</translation>
    </message>
    <message>
        <source>Choose another copy of the model.</source>
        <translation>请使用该模型的其他副本。</translation>
    </message>
    <message>
        <source>Choose another folder, or free up space there.</source>
        <translation>请选择其他文件夹，或在那里腾出空间。</translation>
    </message>
    <message>
        <source>Choose another model to fine-tune.</source>
        <translation>请选择其他模型来微调。</translation>
    </message>
    <message>
        <source>Choose another picture classifier.</source>
        <translation>请选择其他图片分类器。</translation>
    </message>
    <message>
        <source>Choose another.</source>
        <translation>请选择其他文件或文件夹。</translation>
    </message>
    <message>
        <source>Choose files with text in them.</source>
        <translation>请选择有内容的文件。</translation>
    </message>
    <message>
        <source>Choose one from the list of datasets.</source>
        <translation>请从数据集列表中选择。</translation>
    </message>
    <message>
        <source>Choose one from the list of runs.</source>
        <translation>请从训练记录中选择。</translation>
    </message>
    <message>
        <source>Choose one label for both, or remove them.</source>
        <translation>请为两者选定同一个标签，或删除它们。</translation>
    </message>
    <message>
        <source>Choose one label for each, or remove them.</source>
        <translation>没有模型能同时给出两种答案：请确定一种，或将其删去。</translation>
    </message>
    <message>
        <source>Choose one of these folders.</source>
        <translation>请选择其中一个文件夹。</translation>
    </message>
    <message>
        <source>Choose one of these steps.</source>
        <translation>请从这些步数中选择。</translation>
    </message>
    <message>
        <source>Choose one of: {built}.</source>
        <translation>可选：{built}。</translation>
    </message>
    <message>
        <source>Choose one of: {configs}.</source>
        <translation>请选择其中之一：{configs}。</translation>
    </message>
    <message>
        <source>Choose one of: {devices}.</source>
        <translation>现有设备：{devices}。</translation>
    </message>
    <message>
        <source>Choose one of: {dtypes}.</source>
        <translation>可取值：{dtypes}。</translation>
    </message>
    <message>
        <source>Choose one of: {known}.</source>
        <translation>可选：{known}。</translation>
    </message>
    <message>
        <source>Choose one of: {splits}.</source>
        <translation>请选择其中之一：{splits}。</translation>
    </message>
    <message>
        <source>Choose one of: {tasks}.</source>
        <translation>可选：{tasks}。</translation>
    </message>
    <message>
        <source>Choose one with [CLS], [SEP], [PAD] and [MASK], or train one: model.tokenizer = train:4096.</source>
        <translation>请选择带有 [CLS]、[SEP]、[PAD] 和 [MASK] 词元的分词器，或让程序学习一个：model.tokenizer = train:4096。</translation>
    </message>
    <message>
        <source>Choose the file with the weights.</source>
        <translation>请使用带有权重的文件。</translation>
    </message>
    <message>
        <source>Choose the files to download.</source>
        <translation>请指明所需的文件。</translation>
    </message>
    <message>
        <source>Choose the folder of the logs, or a file with tfevents in its name.</source>
        <translation>请给出其日志文件夹，或名称中含有 tfevents 的文件。</translation>
    </message>
    <message>
        <source>Choose the folder with config.json and model.safetensors.</source>
        <translation>请指定包含 config.json 和 model.safetensors 的文件夹。</translation>
    </message>
    <message>
        <source>Choose the folder with config.json; if this is it, download the model again.</source>
        <translation type="vanished">请指定包含 config.json 的文件夹；如果就是这个文件夹，说明下载没有完成。</translation>
    </message>
    <message>
        <source>Choose the little-endian file.</source>
        <translation>请换用小端字节序的文件。</translation>
    </message>
    <message>
        <source>Choose the model that wrote it.</source>
        <translation>请选择写出它的模型。</translation>
    </message>
    <message>
        <source>Choose the model with safetensors weights.</source>
        <translation>请换用带 safetensors 权重的模型。</translation>
    </message>
    <message>
        <source>Choose the model with safetensors weights: without them the results would be wrong.</source>
        <translation>请换用带 safetensors 权重的模型：缺了它们，结果会是错的。</translation>
    </message>
    <message>
        <source>Choose {deeper}.</source>
        <translation>请选择 {deeper}。</translation>
    </message>
    <message>
        <source>Choose {train} for training and the other for evaluation.</source>
        <translation>请选择其中的子文件夹：{train} 用于训练，另一个用于评估。</translation>
    </message>
    <message>
        <source>Close one of them. If both change the same setting, the last window closed wins.</source>
        <translation>请关闭其中一个。如果两边改了同一项设置，以最后关闭的窗口为准。</translation>
    </message>
    <message>
        <source>Close some programs, then try again.</source>
        <translation>请关闭一些程序后重试。</translation>
    </message>
    <message>
        <source>Context of {to} tokens: {size}.</source>
        <translation>上下文为 {to} 个词元时需要 {size}。</translation>
    </message>
    <message>
        <source>Convert it to JPEG or PNG to train on it.</source>
        <translation>要用它训练，请转换为 JPEG 或 PNG。</translation>
    </message>
    <message>
        <source>Convert them to JPEG or PNG to train on them.</source>
        <translation>要用它们训练，请转换为 JPEG 或 PNG。</translation>
    </message>
    <message>
        <source>Copy config.json and the tokenizer&apos;s files from where the weights are from.</source>
        <translation>请从权重的来源处复制 config.json 和分词器的文件。</translation>
    </message>
    <message>
        <source>Copy it again, or open another.</source>
        <translation>请重新复制一份，或打开其他图片。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制一份。</translation>
    </message>
    <message>
        <source>Copy it completely from https://huggingface.co/settings/tokens; it starts with hf_.</source>
        <translation>请从 https://huggingface.co/settings/tokens 完整复制；它以 hf_ 开头。</translation>
    </message>
    <message>
        <source>Copy one first.</source>
        <translation>请先复制一个。</translation>
    </message>
    <message>
        <source>Correct config.json, or choose another copy of the model.</source>
        <translation>请修正 config.json，或选择模型的其他副本。</translation>
    </message>
    <message>
        <source>Correct data.train or data.evaluation.</source>
        <translation>请修改 data.train 或 data.evaluation。</translation>
    </message>
    <message>
        <source>Correct id2label in config.json: it needs a name for each class, numbered from 0.</source>
        <translation>请修正 config.json 中的 id2label：每个类别需要一个名称，从 0 开始编号。</translation>
    </message>
    <message>
        <source>Correct or remove these examples, unless it is a class.</source>
        <translation>除非它确实是类别，请修正或删除这些样本。</translation>
    </message>
    <message>
        <source>Correct the data, or choose other files.</source>
        <translation>请修正数据，或选择其他文件。</translation>
    </message>
    <message>
        <source>Correct the number of layers in config.json.</source>
        <translation>请修正 config.json 中的层数。</translation>
    </message>
    <message>
        <source>Correct this field, or choose another copy of the model.</source>
        <translation>请更正此字段，或选择模型的另一个副本。</translation>
    </message>
    <message>
        <source>Correct this field, or remove the file: the model works without it.</source>
        <translation>请更正此字段，或删除该文件：模型没有它也能工作。</translation>
    </message>
    <message>
        <source>Correct this file, or choose another copy of the model.</source>
        <translation>请修正此文件，或选择模型的其他副本。</translation>
    </message>
    <message>
        <source>Decoding the picture took longer than {seconds:g} s.</source>
        <translation>解码这张图片超过了 {seconds:g} 秒。</translation>
    </message>
    <message>
        <source>Decoding the picture would take {megabytes:,} MB; the limit is {most:,} MB.</source>
        <translation>解码这张图片需要 {megabytes:,} MB，上限是 {most:,} MB。</translation>
    </message>
    <message>
        <source>Default settings are used, and the application is offline until you go online.</source>
        <translation>已恢复默认设置，应用将保持离线，直到你转为在线。</translation>
    </message>
    <message>
        <source>Delete it for good instead, which frees {size}.</source>
        <translation>请改为彻底删除，可释放 {size}。</translation>
    </message>
    <message>
        <source>Did you mean {near}?</source>
        <translation>您是指 {near} 吗？</translation>
    </message>
    <message>
        <source>Download all of it, or choose a GGUF file. Models for diffusers and other libraries are not supported.</source>
        <translation>请完整下载，或选择 GGUF 文件。不支持 diffusers 等其他库的模型。</translation>
    </message>
    <message>
        <source>Download all of it. Models for other libraries (diffusers, GGUF) are not supported.</source>
        <translation type="vanished">请完整下载。不支持为其他库（diffusers、GGUF）制作的模型。</translation>
    </message>
    <message>
        <source>Download it again, or choose another file.</source>
        <translation>请重新获取，或换一个文件。</translation>
    </message>
    <message>
        <source>Download it again, or remove it.</source>
        <translation>请重新下载，或将其移除。</translation>
    </message>
    <message>
        <source>Download it again, or remove it: the default settings are used then.</source>
        <translation>请重新下载，或删除它：届时会使用默认设置。</translation>
    </message>
    <message>
        <source>Download it again, which resumes, or remove it.</source>
        <translation>请重新下载（会从中断处继续），或将其移除。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>Download it on the Models page.</source>
        <translation>请在“模型”页面下载。</translation>
    </message>
    <message>
        <source>Download it with “From the Hub…” and use its path.</source>
        <translation>请用“从 Hub 获取…”下载，再使用它的路径。</translation>
    </message>
    <message>
        <source>Download it, or choose another model.</source>
        <translation>请下载它，或选择其他模型。</translation>
    </message>
    <message>
        <source>Download model.safetensors.index.json.</source>
        <translation>请下载 model.safetensors.index.json。</translation>
    </message>
    <message>
        <source>Download or write it again.</source>
        <translation>请重新下载或重新生成该文件。</translation>
    </message>
    <message>
        <source>Download the file again, or choose another conversion of the model.</source>
        <translation>请重新下载该文件，或换用此模型的另一份转换文件。</translation>
    </message>
    <message>
        <source>Download the file itself.</source>
        <translation>请下载该文件本身。</translation>
    </message>
    <message>
        <source>Download the folder again.</source>
        <translation type="vanished">请从来源重新下载该文件夹。</translation>
    </message>
    <message>
        <source>Download the model in float16, bfloat16 or float32.</source>
        <translation>请换用 float16、bfloat16 或 float32 的模型。</translation>
    </message>
    <message>
        <source>Download these files again.</source>
        <translation>请重新下载这些文件。</translation>
    </message>
    <message>
        <source>Download this file again.</source>
        <translation>请重新下载该文件。</translation>
    </message>
    <message>
        <source>Download this file from the model&apos;s source.</source>
        <translation>请从模型的来源下载该文件，与权重放在一起。</translation>
    </message>
    <message>
        <source>Download this file.</source>
        <translation>请重新下载该文件。</translation>
    </message>
    <message>
        <source>Download tokenizer.json again.</source>
        <translation type="vanished">请重新下载 tokenizer.json。</translation>
    </message>
    <message>
        <source>Download: about {size}.</source>
        <translation>需下载：约 {size}。</translation>
    </message>
    <message>
        <source>Drop or paste PNG, JPEG or other pictures here.</source>
        <translation>请在此拖放或粘贴 PNG、JPEG 等图片。</translation>
    </message>
    <message>
        <source>Drop pictures, or a folder that contains some.</source>
        <translation>请拖入图片，或含有图片的文件夹。</translation>
    </message>
    <message>
        <source>Drop pictures, training texts, a model folder (with config.json), a run folder or TensorBoard logs.</source>
        <translation>可拖入图片、训练文本、模型文件夹（含 config.json）、训练文件夹或 TensorBoard 日志。</translation>
    </message>
    <message>
        <source>Drop the rest when these are done.</source>
        <translation>请等这些处理完后再拖入其余的。</translation>
    </message>
    <message>
        <source>Duplicates weigh more in training: remove it unless that is intended.</source>
        <translation>重复的样本在训练中权重更大：除非有意为之，请删除它。</translation>
    </message>
    <message>
        <source>Duplicates weigh more in training: remove them unless that is intended.</source>
        <translation>重复的内容会比其余的学得更多：若非有意，请删去。</translation>
    </message>
    <message>
        <source>Each row of {path} has two classes, “{first}” and “{second}”; it is unclear which to learn.</source>
        <translation>{path} 的每一行有两个类别“{first}”和“{second}”；不清楚应学习哪一个。</translation>
    </message>
    <message>
        <source>Each row of {path} has two texts, “{first}” and “{second}”; it is unclear which to use.</source>
        <translation>{path} 的每一行有两个文本“{first}”和“{second}”，无法确定用哪一个。</translation>
    </message>
    <message>
        <source>Early stopping at step {step}: no improvement in {patience} evaluations.</source>
        <translation>评估连续 {patience} 次没有变好，因此训练任务在第 {step} 步结束。</translation>
    </message>
    <message>
        <source>Enter at least two words.</source>
        <translation>请至少输入两个词。</translation>
    </message>
    <message>
        <source>Enter some text.</source>
        <translation>请输入一些文本。</translation>
    </message>
    <message>
        <source>Enter two sentences for each pair.</source>
        <translation>请为每一对给出两段文本。</translation>
    </message>
    <message>
        <source>Examples, counts and findings cover this part; training uses everything.</source>
        <translation>样本、计数和发现都只针对这一部分；训练会用到全部数据。</translation>
    </message>
    <message>
        <source>Examples: 500M, 7B, 1.5B.</source>
        <translation>可以写作：500M、7B、1.5B。</translation>
    </message>
    <message>
        <source>Examples: 512MB, 4GB, 1.5GiB.</source>
        <translation>可以写成：512MB、4GB、1.5GiB。</translation>
    </message>
    <message>
        <source>Export fewer chats at once.</source>
        <translation>请分批导出对话。</translation>
    </message>
    <message>
        <source>Fits at 4 bits: needs {needs} of the {free} available.</source>
        <translation>4 位时放得下：需要 {needs}，可用 {free}。</translation>
    </message>
    <message>
        <source>Fits at 8 bits: needs {needs} of the {free} available.</source>
        <translation>8 位时放得下：需要 {needs}，可用 {free}。</translation>
    </message>
    <message>
        <source>Fix or remove it.</source>
        <translation>请修正或删除它。</translation>
    </message>
    <message>
        <source>Fix or remove them.</source>
        <translation>请修正，或将其删去。</translation>
    </message>
    <message>
        <source>Fix or remove this line.</source>
        <translation>请修正或删去该行。</translation>
    </message>
    <message>
        <source>Fix this line.</source>
        <translation>请修改那一行后重试。</translation>
    </message>
    <message>
        <source>Fix this row, or choose other columns or another file.</source>
        <translation>请修正该行记录，或另选列或文件。</translation>
    </message>
    <message>
        <source>Fork from another step.</source>
        <translation>请从另一步分叉。</translation>
    </message>
    <message>
        <source>Fork it with more steps, or start a new run.</source>
        <translation>用更多步数分叉它，或新建一个训练任务。</translation>
    </message>
    <message>
        <source>Free memory, then try again; the log has the details.</source>
        <translation>请释放内存后重试；详情见日志。</translation>
    </message>
    <message>
        <source>Free up space before you train or download.</source>
        <translation>请先腾出空间，再训练或下载。</translation>
    </message>
    <message>
        <source>Free up space or make the folder writable, then resume; earlier checkpoints are intact.</source>
        <translation>请腾出空间（或将文件夹设为可写）后继续训练；之前的检查点都完好。</translation>
    </message>
    <message>
        <source>Free up space there, then paste again.</source>
        <translation>请先在那里腾出空间，再重新粘贴。</translation>
    </message>
    <message>
        <source>Free up space, or move the Hub&apos;s cache with HF_HOME.</source>
        <translation>请腾出一些空间，或用 HF_HOME 移动 Hub 的缓存。</translation>
    </message>
    <message>
        <source>Free up space, then resume.</source>
        <translation>请腾出空间，再继续。</translation>
    </message>
    <message>
        <source>Free up space. Until then, chats are not saved.</source>
        <translation>请腾出空间。在此之前对话不会保存。</translation>
    </message>
    <message>
        <source>Get the file with “git lfs pull”, or download it again.</source>
        <translation>请用 “git lfs pull” 获取该文件，或重新下载。</translation>
    </message>
    <message>
        <source>Give both the same classes.</source>
        <translation>请让两个文件夹包含相同的类别。</translation>
    </message>
    <message>
        <source>Give one text.</source>
        <translation>请提供一段文本。</translation>
    </message>
    <message>
        <source>Give the path of a TOML file.</source>
        <translation>请指定 TOML 文件的路径。</translation>
    </message>
    <message>
        <source>Go online (at the bottom of the window, in the settings, or without HF_HUB_OFFLINE), then try again.</source>
        <translation type="vanished">请转为在线（在窗口底部或设置中，或去掉 HF_HUB_OFFLINE），然后重试。</translation>
    </message>
    <message>
        <source>Go online at the bottom of the window or in the settings (unset HF_HUB_OFFLINE if it is set), then try again.</source>
        <translation>请在窗口底部或设置中联网（若设置了 HF_HUB_OFFLINE，请取消），然后重试。</translation>
    </message>
    <message>
        <source>Gradient checkpointing (launch.checkpointing) needs about {smaller} and takes a third longer.</source>
        <translation>使用梯度检查点（launch.checkpointing）大约需要 {smaller}，时间多三分之一。</translation>
    </message>
    <message>
        <source>Gradient checkpointing (slower): {size}.</source>
        <translation>用梯度检查点（较慢），需要 {size}。</translation>
    </message>
    <message>
        <source>If each line is a JSON object, rename the file to .jsonl: its field “text” is then learned.</source>
        <translation>如果每一行是一个 JSON 对象，请把文件改名为 .jsonl：这样会学习其中的“text”字段。</translation>
    </message>
    <message>
        <source>If that is wrong, set data.label_separator.</source>
        <translation>如果不对，请设置 data.label_separator。</translation>
    </message>
    <message>
        <source>If that is wrong, set data.text_column and data.label_column.</source>
        <translation>如果不对，请设置 data.text_column 和 data.label_column。</translation>
    </message>
    <message>
        <source>If the adapter is merged into the weights, move adapter_config.json out of this folder.</source>
        <translation>如果适配器已合并到权重中，请把 adapter_config.json 移出此文件夹。</translation>
    </message>
    <message>
        <source>Increase model.context if the model allows it, or shorten the example.</source>
        <translation>如果模型允许，请增大 model.context，或缩短该样本。</translation>
    </message>
    <message>
        <source>Increase model.context if the model allows it, or shorten the examples.</source>
        <translation>模型允许时请加大 model.context，或缩短这些样本。</translation>
    </message>
    <message>
        <source>Increase model.context if the model allows it, or shorten the prompt.</source>
        <translation>如果模型允许，请增大 model.context，或缩短提示。</translation>
    </message>
    <message>
        <source>Increase model.context if the model allows it, or shorten the prompts.</source>
        <translation>模型允许时请加大 model.context，或缩短回答之前的内容。</translation>
    </message>
    <message>
        <source>Install a build of torch for this card.</source>
        <translation>请安装适合此显卡的 torch 版本。</translation>
    </message>
    <message>
        <source>Install the application again.</source>
        <translation>请重新安装应用。</translation>
    </message>
    <message>
        <source>Install the optional package “datasets”, or choose a file in another format.</source>
        <translation>请安装可选的软件包“datasets”，或选择其他格式的文件。</translation>
    </message>
    <message>
        <source>Install the shared libraries that Qt needs.</source>
        <translation>请安装 Qt 所需的共享库。</translation>
    </message>
    <message>
        <source>Install torch with CUDA support.</source>
        <translation>请安装支持 CUDA 的 torch。</translation>
    </message>
    <message>
        <source>Internal error: {detail}</source>
        <translation>内部出错：{detail}</translation>
    </message>
    <message>
        <source>Invalid value {was} for “{field}”; the default was restored.</source>
        <translation>“{field}”的值 {was} 无效，已恢复默认值。</translation>
    </message>
    <message>
        <source>It is a base model, not made for chat.</source>
        <translation>它是基础模型，不是为对话训练的。</translation>
    </message>
    <message>
        <source>It is damaged or malicious: download it from another source.</source>
        <translation>文件已损坏，或是恶意制作的：请从其他来源获取。</translation>
    </message>
    <message>
        <source>It is damaged: download it again.</source>
        <translation>文件已损坏：请重新获取。</translation>
    </message>
    <message>
        <source>It is not certain which column of {path} is the {what} and which the class: {columns}.</source>
        <translation type="vanished">无法确定 {path} 的哪一列是{what}、哪一列是类别：{columns}。</translation>
    </message>
    <message>
        <source>It is on this computer.</source>
        <translation>它在本机上。</translation>
    </message>
    <message>
        <source>It is put at the start of the first message. To avoid that, remove it or choose another base model.</source>
        <translation>系统消息会放在第一条消息的开头。若不想这样，请删除它，或选择其他基础模型。</translation>
    </message>
    <message>
        <source>It is the largest model that fits ({parameters} parameters).</source>
        <translation>它有 {parameters} 参数，是放得下的模型中最大的。</translation>
    </message>
    <message>
        <source>It is unchanged; the log has the details.</source>
        <translation>它仍在原处，详情见日志。</translation>
    </message>
    <message>
        <source>It is unclear which columns of {path} are the {what} and the class: {columns}.</source>
        <translation>无法确定 {path} 中哪一列是{what}、哪一列是类别：{columns}。</translation>
    </message>
    <message>
        <source>It isn&apos;t certain what separates the classes of a text in {path}: {values}.</source>
        <translation>无法确定 {path} 中一条文本的多个类别由什么分隔：{values}。</translation>
    </message>
    <message>
        <source>It needs {size}; {free} are free. No single change is enough.</source>
        <translation>需要 {size}，可用 {free}：单独一项更改都不够。</translation>
    </message>
    <message>
        <source>It starts automatically.</source>
        <translation>会自动开始。</translation>
    </message>
    <message>
        <source>It starts automatically; the limit is in the settings.</source>
        <translation>会自动开始；上限可在设置中更改。</translation>
    </message>
    <message>
        <source>It stays here until you close the application.</source>
        <translation>它会保留到你关闭应用为止。</translation>
    </message>
    <message>
        <source>It was restarted; try again.</source>
        <translation>引擎已重新启动，请再试一次。</translation>
    </message>
    <message>
        <source>It was restored, or deleted after its time.</source>
        <translation>它已过保留期，或者已经恢复。</translation>
    </message>
    <message>
        <source>Its download didn&apos;t finish: download it again.</source>
        <translation>下载没有完成，请重新下载。</translation>
    </message>
    <message>
        <source>Its download probably didn&apos;t finish: download it again.</source>
        <translation>可能没有下载完，请重新下载。</translation>
    </message>
    <message>
        <source>Its files were not touched.</source>
        <translation>它的文件不会被改动。</translation>
    </message>
    <message>
        <source>Its log shows what it is doing.</source>
        <translation>它的日志会说明它在做什么。</translation>
    </message>
    <message>
        <source>Its weights may be damaged or overflow in this precision: try float32.</source>
        <translation>权重可能已损坏，或者超出了该精度的范围：请试试 float32。</translation>
    </message>
    <message>
        <source>JSON keeps every version; Markdown and HTML show one.</source>
        <translation>JSON 保留每个版本；Markdown 和 HTML 只显示一个。</translation>
    </message>
    <message>
        <source>Leave it out, or load the model as stored.</source>
        <translation>请不要指定它，或按原样加载模型。</translation>
    </message>
    <message>
        <source>Leave model.tokenizer out to use the model&apos;s own.</source>
        <translation>请去掉 model.tokenizer：继续训练时使用模型自带的分词器。</translation>
    </message>
    <message>
        <source>Leave out some values.</source>
        <translation>请去掉一些值。</translation>
    </message>
    <message>
        <source>Leave the revision out to get the newest.</source>
        <translation>不写版本则使用最新版本。</translation>
    </message>
    <message>
        <source>LoRA of rank {to} instead of full training: {size}.</source>
        <translation>用秩为 {to} 的 LoRA 代替全部权重，需要 {size}。</translation>
    </message>
    <message>
        <source>Load it as stored, or use one beam.</source>
        <translation>请按存储精度加载，或只用一个束。</translation>
    </message>
    <message>
        <source>Load it as stored.</source>
        <translation>请按存储精度加载。</translation>
    </message>
    <message>
        <source>Look for a copy with model.safetensors, or choose the files to download.</source>
        <translation>请寻找带 model.safetensors 的副本，或指明需要的文件。</translation>
    </message>
    <message>
        <source>Look for a version that transformers supports without remote code.</source>
        <translation>请找一个 transformers 可直接支持、不需要自带代码的版本。</translation>
    </message>
    <message>
        <source>Make it writable. Until then, chats are not saved.</source>
        <translation>请将其设为可写。在此之前对话不会保存。</translation>
    </message>
    <message>
        <source>Make it writable. Until then, settings, chats and runs are not saved.</source>
        <translation>请使其可写。在此之前，设置、对话和训练记录不会保存。</translation>
    </message>
    <message>
        <source>Make one subfolder per class, named after the class, with its pictures inside.</source>
        <translation>请在其中为每个类别建一个以类别命名的文件夹，并放入对应的图片。</translation>
    </message>
    <message>
        <source>Make one subfolder per class, or choose a table of paths and their classes.</source>
        <translation>请为每个类别建一个子文件夹，或选择列出路径及其类别的表格。</translation>
    </message>
    <message>
        <source>Merge the adapter into its base model and save the result.</source>
        <translation>请将适配器合并到基础模型后再保存。</translation>
    </message>
    <message>
        <source>Models for other libraries (diffusers, GGUF) are not supported.</source>
        <translation type="vanished">不支持为其他库（diffusers、GGUF）制作的模型。</translation>
    </message>
    <message>
        <source>Models of the architecture {architecture} are not supported.</source>
        <translation>不支持架构为 {architecture} 的模型。</translation>
    </message>
    <message>
        <source>Name them in data.text_column and data.label_column (without a header: by number, such as 2).</source>
        <translation>请在 data.text_column 和 data.label_column 中指定（没有表头时用列号，例如 2）。</translation>
    </message>
    <message>
        <source>Name them in data.text_column and data.label_column.</source>
        <translation type="vanished">请在 data.text_column 和 data.label_column 中指定。</translation>
    </message>
    <message>
        <source>Needs {needs} of the {free} available.</source>
        <translation>需要 {needs}，可用 {free}。</translation>
    </message>
    <message>
        <source>Needs {needs}; only {free} are available.</source>
        <translation>需要 {needs}，而可用只有 {free}。</translation>
    </message>
    <message>
        <source>No build of torch {torch} supports the {card} with its driver; the CPU is used.</source>
        <translation>torch {torch} 没有适合 {card} 及其驱动的版本，因此使用 CPU。</translation>
    </message>
    <message>
        <source>No chat is shown.</source>
        <translation>当前没有显示对话。</translation>
    </message>
    <message>
        <source>No chat was imported.</source>
        <translation>没有导入任何对话。</translation>
    </message>
    <message>
        <source>No connection to {host}.</source>
        <translation>无法连接 {host}。</translation>
    </message>
    <message>
        <source>No example in {path} can be used.</source>
        <translation>{path} 中没有可用的样本。</translation>
    </message>
    <message>
        <source>No file manager was found.</source>
        <translation>没有可以打开文件夹的程序。</translation>
    </message>
    <message>
        <source>No folder in {path} has pictures that can be used. {others}.</source>
        <translation>{path} 中没有文件夹含可用的图片。{others}。</translation>
    </message>
    <message>
        <source>No model, pictures or text found in “{name}”.</source>
        <translation>在“{name}”中没有找到模型、图片或文本。</translation>
    </message>
    <message>
        <source>No power law: only {points} finished runs are on the frontier; {least} are needed.</source>
        <translation>得不出幂律：已结束的训练任务中只有 {points} 个位于前沿，而至少需要 {least} 个。</translation>
    </message>
    <message>
        <source>No text has more than one class: there is no separator in any of them.</source>
        <translation>没有文本有多个类别：其中没有任何分隔符。</translation>
    </message>
    <message>
        <source>None of the pictures could be read.</source>
        <translation>所有图片都无法读取。</translation>
    </message>
    <message>
        <source>None of the {count:,} pictures in {path} could be read.</source>
        <translation type="vanished">{path} 中的 {count:,} 张图片都无法读取。</translation>
    </message>
    <message>
        <source>None of the {count:,} pictures in {path} could be read. The first: {reason}</source>
        <translation>{path} 中的 {count:,} 张图片都无法读取。第一张：{reason}</translation>
    </message>
    <message>
        <source>Not one picture of these classes was read: {labels}.</source>
        <translation>这些类别没有一张图片能读取：{labels}。</translation>
    </message>
    <message>
        <source>Nothing to try: {detail}.</source>
        <translation>没有可试用的内容：{detail}。</translation>
    </message>
    <message>
        <source>Ollama&apos;s entry for {model} names no readable model.</source>
        <translation>Ollama 中 {model} 的条目没有指向可读取的模型。</translation>
    </message>
    <message>
        <source>Only files and folders on this computer can be dropped here.</source>
        <translation>这里只能拖入本机上的文件和文件夹。</translation>
    </message>
    <message>
        <source>Only the first {most} pictures were added.</source>
        <translation>只取了前 {most} 张图片。</translation>
    </message>
    <message>
        <source>Only the first {share} of the data was checked.</source>
        <translation>只查看了数据的前 {share}。</translation>
    </message>
    <message>
        <source>Only your own models can be removed.</source>
        <translation>你自己的模型可以移除。</translation>
    </message>
    <message>
        <source>Only your own runs can be removed.</source>
        <translation>你自己的训练任务可以移除。</translation>
    </message>
    <message>
        <source>Only {free} are free at {path}.</source>
        <translation>{path} 只剩 {free} 可用空间。</translation>
    </message>
    <message>
        <source>Only “{label}” has pictures that can be used. {others}.</source>
        <translation>只有“{label}”有可用的图片。{others}。</translation>
    </message>
    <message>
        <source>Open one from the list, then export it.</source>
        <translation>请先从列表中打开一个对话，再导出。</translation>
    </message>
    <message>
        <source>Open the window once: it recovers what can be read.</source>
        <translation>请打开一次窗口：它会恢复可读取的内容。</translation>
    </message>
    <message>
        <source>Out of memory on {device}.</source>
        <translation>{device} 的内存不足。</translation>
    </message>
    <message>
        <source>Out of memory on {device}: this training needs about {needs}.</source>
        <translation>{device} 上的内存不够训练它，它大约需要 {needs}。</translation>
    </message>
    <message>
        <source>Pull it again with Ollama.</source>
        <translation>请用 Ollama 重新获取它。</translation>
    </message>
    <message>
        <source>Put the classes into the splits: train/{label} in place of {label}/train.</source>
        <translation>请把类别放进划分中：用 train/{label} 代替 {label}/train。</translation>
    </message>
    <message>
        <source>QLoRA of rank {to}, the base in 4 bits: {size}.</source>
        <translation>QLoRA，秩 {to}，基座 4 位：{size}。</translation>
    </message>
    <message>
        <source>Qt, the window&apos;s toolkit, can&apos;t be used: {detail}.</source>
        <translation>窗口工具包（Qt）无法使用：{detail}。</translation>
    </message>
    <message>
        <source>Queued behind {run}.</source>
        <translation>正在排队，前面是 {run}。</translation>
    </message>
    <message>
        <source>Rank {rank} of the run was lost ({how}); the other ranks were ended.</source>
        <translation>训练的进程 {rank} 丢失（{how}），其他进程已终止。</translation>
    </message>
    <message>
        <source>Reduce its size first.</source>
        <translation>请先缩小图片。</translation>
    </message>
    <message>
        <source>Reduce its size, or save it in another format.</source>
        <translation>请缩小图片，或以其他格式保存。</translation>
    </message>
    <message>
        <source>Reduce its size, or save it with fewer channels or bits.</source>
        <translation>请缩小图片，或用更少的通道或位数保存。</translation>
    </message>
    <message>
        <source>Regenerate it, or ask the model to go on.</source>
        <translation>请重新生成，或在消息中请模型继续。</translation>
    </message>
    <message>
        <source>Remove it in that application.</source>
        <translation>请在那里移除；本程序只查看它。</translation>
    </message>
    <message>
        <source>Remove the new copy first, or delete the old one.</source>
        <translation>请先移除新的副本，或放弃旧的那份。</translation>
    </message>
    <message>
        <source>Remove the run on the Train page; it can be restored from the trash.</source>
        <translation>请在“训练”页面移除该训练任务：之后可以从回收站恢复。</translation>
    </message>
    <message>
        <source>Rename the file to model.safetensors.</source>
        <translation>请将该文件重命名为 model.safetensors。</translation>
    </message>
    <message>
        <source>Rename the folder.</source>
        <translation>请重命名该文件夹。</translation>
    </message>
    <message>
        <source>Replace a word with [MASK].</source>
        <translation>请用 [MASK] 代替一个词。</translation>
    </message>
    <message>
        <source>Replace it.</source>
        <translation>请替换它。</translation>
    </message>
    <message>
        <source>Replace or remove it.</source>
        <translation>请替换或删除它。</translation>
    </message>
    <message>
        <source>Replace or remove them.</source>
        <translation>请替换或删除它们。</translation>
    </message>
    <message>
        <source>Replace the pictures, or remove their folders: the model would never predict these classes.</source>
        <translation>请替换这些图片，或删除它们的文件夹：否则模型永远不会预测这些类别。</translation>
    </message>
    <message>
        <source>Replace them.</source>
        <translation>请替换它们。</translation>
    </message>
    <message>
        <source>Replies are slower until the fast path is compiled in the background (only once).</source>
        <translation>快速路径正在后台编译（只需一次），在此之前回复较慢。</translation>
    </message>
    <message>
        <source>Request access on {page}, or sign in with another access token.</source>
        <translation>请在 {page} 查看谁可以使用，或换一个访问令牌登录。</translation>
    </message>
    <message>
        <source>Restart the application.</source>
        <translation>请重新启动应用。</translation>
    </message>
    <message>
        <source>Restart the application. If that doesn&apos;t help, see the log.</source>
        <translation>请重新启动应用；如果仍不行，请查看日志。</translation>
    </message>
    <message>
        <source>Restore that file, or replace the link.</source>
        <translation>请恢复该文件，或替换这个链接。</translation>
    </message>
    <message>
        <source>Restore the data, or resume with the new data.</source>
        <translation>请还原数据，或使用新数据继续。</translation>
    </message>
    <message>
        <source>Restore the folders, or start a new run.</source>
        <translation>请将文件夹恢复原样，或新建训练任务。</translation>
    </message>
    <message>
        <source>Resume from an older one.</source>
        <translation>继续训练时会使用更早的检查点。</translation>
    </message>
    <message>
        <source>Resume from the last checkpoint.</source>
        <translation>“继续”会从最后的检查点接着训练。</translation>
    </message>
    <message>
        <source>Resume it from its last checkpoint.</source>
        <translation>请从最后的检查点继续。</translation>
    </message>
    <message>
        <source>Run this from a checkout of the project.</source>
        <translation>请在项目的源码目录中运行。</translation>
    </message>
    <message>
        <source>Run {run} ended unexpectedly at step {step}.</source>
        <translation>训练 {run} 在第 {step} 步意外结束。</translation>
    </message>
    <message>
        <source>SGD (one state value per weight instead of two): {size}.</source>
        <translation>用 SGD（每个权重只保留一个数而非两个），需要 {size}。</translation>
    </message>
    <message>
        <source>Save it again as CSV or TSV.</source>
        <translation>请另存为 CSV 或 TSV。</translation>
    </message>
    <message>
        <source>Save it again as a baseline JPEG or PNG.</source>
        <translation>请另存为基线 JPEG 或 PNG。</translation>
    </message>
    <message>
        <source>Save it as UTF-8 without a byte order mark.</source>
        <translation>请将其另存为不带字节顺序标记的 UTF-8。</translation>
    </message>
    <message>
        <source>Save it first, then drop it.</source>
        <translation>请先保存，再拖入。</translation>
    </message>
    <message>
        <source>Save its texts as .txt, or as .jsonl with a field “text” in each line.</source>
        <translation>请将其中的文本保存为 .txt，或保存为每行带有 “text” 字段的 .jsonl。</translation>
    </message>
    <message>
        <source>Save the file as UTF-8.</source>
        <translation>请将文件存为 UTF-8。</translation>
    </message>
    <message>
        <source>Save the others as JPEG or PNG, with names that end in .jpg or .png: a classifier needs two classes.</source>
        <translation>请把其余的保存为 JPEG 或 PNG，文件名以 .jpg 或 .png 结尾：分类器需要两个类别。</translation>
    </message>
    <message>
        <source>Save them as JPEG or PNG to learn from them.</source>
        <translation type="vanished">若要用于学习，请另存为 JPEG 或 PNG。</translation>
    </message>
    <message>
        <source>Save them as JPEG or PNG, with names that end in .jpg or .png.</source>
        <translation>请把它们保存为 JPEG 或 PNG，文件名以 .jpg 或 .png 结尾。</translation>
    </message>
    <message>
        <source>See the log for the reason; trying again restarts it.</source>
        <translation>详情见日志；重试会再次启动引擎。</translation>
    </message>
    <message>
        <source>Set BIGMODEL_STUDIO_HOME to a writable folder.</source>
        <translation>请将 BIGMODEL_STUDIO_HOME 设为可写的文件夹。</translation>
    </message>
    <message>
        <source>Set data.evaluation: without it, overfitting stays unnoticed.</source>
        <translation>请设置 data.evaluation：否则看不出模型是否在死记硬背。</translation>
    </message>
    <message>
        <source>Set data.label_column to one of them.</source>
        <translation>请把 data.label_column 设为其中之一。</translation>
    </message>
    <message>
        <source>Set data.label_separator, such as ; (if no text has two classes, to a character that is in none).</source>
        <translation>请设置 data.label_separator，例如 ;（如果没有文本有两个类别，请用任何类别都不含的字符）。</translation>
    </message>
    <message>
        <source>Set data.multi_label to learn several classes per text, or choose another column in data.label_column.</source>
        <translation>设置 data.multi_label 即可学习每条文本的多个类别，或在 data.label_column 中选择其他列。</translation>
    </message>
    <message>
        <source>Set data.multi_label to learn them all, or name one of them in data.label_column.</source>
        <translation>设置 data.multi_label 以全部学习，或在 data.label_column 中指定其中一列。</translation>
    </message>
    <message>
        <source>Set data.multi_label to learn them separately.</source>
        <translation>设置 data.multi_label 即可分别学习。</translation>
    </message>
    <message>
        <source>Set data.text_column and data.label_column.</source>
        <translation>请在 data.text_column 和 data.label_column 中指定。</translation>
    </message>
    <message>
        <source>Set data.text_column to one of them, and data.pair_column to the other to classify pairs.</source>
        <translation>请把 data.text_column 设为其中一个；若要对文本对分类，把 data.pair_column 设为另一个。</translation>
    </message>
    <message>
        <source>Set data.text_column to one of them.</source>
        <translation type="vanished">请将 data.text_column 设为其中之一。</translation>
    </message>
    <message>
        <source>Set launch.checkpointing to false; a smaller batch with schedule.accumulate saves memory too.</source>
        <translation>把 launch.checkpointing 设为 false；更小的批大小加上 schedule.accumulate 也能节省内存。</translation>
    </message>
    <message>
        <source>Set launch.processes to {cards} or fewer, or launch.device to cpu.</source>
        <translation>请将 launch.processes 设为不超过 {cards}，或将 launch.device 设为 cpu。</translation>
    </message>
    <message>
        <source>Set masking.next_sentence to false.</source>
        <translation>请把 masking.next_sentence 设为 false。</translation>
    </message>
    <message>
        <source>Set method.kind to full, or model.base to a model.</source>
        <translation>请将 method.kind 设为 full，或将 model.base 设为某个模型。</translation>
    </message>
    <message>
        <source>Set method.kind to one of: {built}.</source>
        <translation>请将 method.kind 设为以下之一：{built}。</translation>
    </message>
    <message>
        <source>Set method.targets to some of: {there}.</source>
        <translation>请在 method.targets 中指定；模型中有：{there}。</translation>
    </message>
    <message>
        <source>Set model.architecture to one of: {built}.</source>
        <translation>请将 model.architecture 设为以下之一：{built}。</translation>
    </message>
    <message>
        <source>Set model.base to a model.</source>
        <translation>请把 model.base 设为一个可以接着训练的模型。</translation>
    </message>
    <message>
        <source>Settings, conversations and runs are not saved until it can be.</source>
        <translation type="vanished">在可以写入之前，设置、对话和训练记录都不会保存。</translation>
    </message>
    <message>
        <source>Settings, conversations and runs go to the temporary folder {instead} until it can.</source>
        <translation type="vanished">在可以使用之前，设置、对话和训练记录会存放在临时文件夹 {instead} 中。</translation>
    </message>
    <message>
        <source>Shorten the text.</source>
        <translation>请缩短文字。</translation>
    </message>
    <message>
        <source>Sign in again, or sign out: public models need no token.</source>
        <translation>请重新登录，或退出登录：公开内容不需要令牌。</translation>
    </message>
    <message>
        <source>Slower than requested: about {rate}/s.</source>
        <translation>比要求的慢：每秒约 {rate} 个。</translation>
    </message>
    <message>
        <source>Some classes differ only in upper case or spaces: {labels}.</source>
        <translation>有些类别只在大小写或空格上不同：{labels}。</translation>
    </message>
    <message>
        <source>Some classes seem to be several in one: {labels}.</source>
        <translation>有些类别似乎由多个类别组成：{labels}。</translation>
    </message>
    <message>
        <source>Some of its text may be wrong.</source>
        <translation>其中部分文字可能有误。</translation>
    </message>
    <message>
        <source>Speed on this machine is unknown.</source>
        <translation>在本机上的速度尚不清楚。</translation>
    </message>
    <message>
        <source>Start a new chat to make room.</source>
        <translation>请新建对话以腾出空间。</translation>
    </message>
    <message>
        <source>Start a new run to change it.</source>
        <translation>要改变它，请新建一个训练任务。</translation>
    </message>
    <message>
        <source>Start again with a lower learning rate, or check the data; resuming won&apos;t help.</source>
        <translation>从最近的检查点继续也无济于事：请降低学习率重新训练，或检查数据。</translation>
    </message>
    <message>
        <source>Start it again to continue.</source>
        <translation>重新启动后即可继续。</translation>
    </message>
    <message>
        <source>Start it as a sweep, which starts a run for each value.</source>
        <translation>请作为扫描启动，每个值会启动一个训练。</translation>
    </message>
    <message>
        <source>Starts when {runs} ends (limit: {most} at a time).</source>
        <translation>{runs} 结束后开始（同时最多 {most} 个）。</translation>
    </message>
    <message>
        <source>Stop it first, or watch it.</source>
        <translation>请先停止它，或者就这样查看。</translation>
    </message>
    <message>
        <source>Stop or resume it from {writer}.</source>
        <translation>请在 {writer} 中停止或继续它。</translation>
    </message>
    <message>
        <source>Supported files end in {suffixes}.</source>
        <translation>支持以 {suffixes} 结尾的文件。</translation>
    </message>
    <message>
        <source>Supported files end in {suffixes}; datasets built by a script are not supported.</source>
        <translation>支持以 {suffixes} 结尾的文件；不支持由脚本生成的数据集。</translation>
    </message>
    <message>
        <source>Supported models generate text, fill masks, classify texts, words or pictures, or compute text embeddings.</source>
        <translation>受支持的模型可生成文本、填充掩码、对文本、词或图片分类，或计算文本嵌入向量。</translation>
    </message>
    <message>
        <source>Supported models write text, fill masks, classify texts, words or pictures, or make vectors of texts.</source>
        <translation type="vanished">支持的模型用于生成文本、填充掩码、对文本、词或图片分类，或生成文本向量。</translation>
    </message>
    <message>
        <source>Supported: chats exported here as JSON, and exports from ChatGPT, Open WebUI and ShareGPT.</source>
        <translation>可识别本应用导出的 JSON 对话，以及 ChatGPT、Open WebUI 和 ShareGPT 的导出文件。</translation>
    </message>
    <message>
        <source>Supported: {formats}.</source>
        <translation>支持的格式有 {formats}。</translation>
    </message>
    <message>
        <source>Supported: {runs}.</source>
        <translation>受支持的有：{runs}。</translation>
    </message>
    <message>
        <source>Supported: {runs}. Others run from safetensors weights.</source>
        <translation>受支持的有：{runs}。其他架构可用 safetensors 权重运行。</translation>
    </message>
    <message>
        <source>The Hub rejected this access token.</source>
        <translation>Hub 拒绝了此访问令牌。</translation>
    </message>
    <message>
        <source>The Hub&apos;s cache has an empty folder for {model}.</source>
        <translation>没有文件：Hub 缓存中只有 {model} 的文件夹。</translation>
    </message>
    <message>
        <source>The JPEG has {scans:,} scans; the limit for its size is {most:,}.</source>
        <translation>这个 JPEG 有 {scans:,} 次扫描，此尺寸的上限是 {most:,} 次。</translation>
    </message>
    <message>
        <source>The application is closing.</source>
        <translation>应用正在关闭。</translation>
    </message>
    <message>
        <source>The application is offline because {variable} is set.</source>
        <translation>因为设置了 {variable}，程序处于离线状态。</translation>
    </message>
    <message>
        <source>The application is offline.</source>
        <translation>应用处于离线状态。</translation>
    </message>
    <message>
        <source>The application&apos;s folder {path} can&apos;t be used: {detail}.</source>
        <translation>应用程序的文件夹 {path} 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>The application&apos;s folder {path} is not writable.</source>
        <translation>应用程序的文件夹 {path} 不可写入。</translation>
    </message>
    <message>
        <source>The application’s folder {path} cannot be used: {detail}.</source>
        <translation type="vanished">无法使用应用的文件夹 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The application’s folder {path} cannot be written.</source>
        <translation type="vanished">无法写入应用的文件夹 {path}。</translation>
    </message>
    <message>
        <source>The best checkpoint is at step {best}.</source>
        <translation>最好的检查点是第 {best} 步的。</translation>
    </message>
    <message>
        <source>The catalogue has no model {model}.</source>
        <translation>目录中没有 {model}。</translation>
    </message>
    <message>
        <source>The chat history was damaged: {messages:,} messages were recovered, {damaged:,} of them may be wrong.</source>
        <translation>对话记录已损坏：恢复了 {messages:,} 条消息，其中 {damaged:,} 条可能有误。</translation>
    </message>
    <message>
        <source>The chat is longer than the model&apos;s context: the oldest {turns} messages were left out.</source>
        <translation>对话超出了模型的上下文长度：最早的 {turns} 条消息没有送入模型。</translation>
    </message>
    <message>
        <source>The chat template ({file}) leaves out the end of a reply, so a reply can&apos;t be continued.</source>
        <translation>对话模板（{file}）会略去回复的结尾，因此无法继续该回复。</translation>
    </message>
    <message>
        <source>The chat template in {file} did not finish within {seconds:g} s.</source>
        <translation>{file} 中的对话模板未能在 {seconds:g} 秒内完成。</translation>
    </message>
    <message>
        <source>The chat template in {file} failed: {detail}.</source>
        <translation>{file} 中的对话模板出错：{detail}。</translation>
    </message>
    <message>
        <source>The chat template in {file} leaves out the user&apos;s message, so the model would not see it.</source>
        <translation>{file} 中的对话模板漏掉了用户的消息，模型看不到它。</translation>
    </message>
    <message>
        <source>The chat template in {file} needs more than {most} MB of memory.</source>
        <translation>{file} 中的对话模板需要超过 {most} MB 内存。</translation>
    </message>
    <message>
        <source>The chat template of {model} has no system role: the system prompt was put before the first message.</source>
        <translation>{model} 的对话模板没有系统角色：系统提示词已放在第一条消息之前。</translation>
    </message>
    <message>
        <source>The chat template of {model} takes no system message: it was put before the first message.</source>
        <translation type="vanished">{model} 的对话模板不接受系统消息：已将其放在第一条消息之前。</translation>
    </message>
    <message>
        <source>The checkpoint that this run was forked from is damaged: {detail}.</source>
        <translation>此训练任务分叉自的检查点已损坏：{detail}。</translation>
    </message>
    <message>
        <source>The checkpoint {path} is damaged: {detail}.</source>
        <translation>检查点已损坏，位于 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The class “{label}” looks like a missing value.</source>
        <translation>类别“{label}”看起来是缺失值。</translation>
    </message>
    <message>
        <source>The classes in the data changed since the run started ({were}).</source>
        <translation>数据中的类别与训练任务开始时（{were}）不一致。</translation>
    </message>
    <message>
        <source>The classes of each text are a list.</source>
        <translation>每条文本的类别是一个列表。</translation>
    </message>
    <message>
        <source>The classes of {path} seem to be columns of 0 and 1: {columns}.</source>
        <translation>{path} 的类别似乎是取值为 0 和 1 的多列：{columns}。</translation>
    </message>
    <message>
        <source>The clipboard contains no picture or file.</source>
        <translation>剪贴板中既没有图片也没有文件。</translation>
    </message>
    <message>
        <source>The column {column} of {path} has lists of classes.</source>
        <translation>{path} 的列 {column} 是类别列表。</translation>
    </message>
    <message>
        <source>The columns of {path} are separated by {separator!r}, and {expected!r} is expected in such a file.</source>
        <translation type="vanished">{path} 的各列以 {separator!r} 分隔，而这类文件应使用 {expected!r}。</translation>
    </message>
    <message>
        <source>The columns of {path} are separated by {separator!r}; {expected!r} was expected.</source>
        <translation>{path} 的列以 {separator!r} 分隔，而应为 {expected!r}。</translation>
    </message>
    <message>
        <source>The connection to {host} is not secure: {detail}.</source>
        <translation>与 {host} 的连接不安全：{detail}。</translation>
    </message>
    <message>
        <source>The connection to {host} was lost.</source>
        <translation>与 {host} 的连接中断了。</translation>
    </message>
    <message>
        <source>The copy of {model} is incomplete: {files} missing in the Hub&apos;s cache.</source>
        <translation>副本不完整：Hub 缓存中缺少 {model} 的 {files}。</translation>
    </message>
    <message>
        <source>The damaged file was kept as {path}.</source>
        <translation>损坏的文件已另存为 {path}。</translation>
    </message>
    <message>
        <source>The data of {run} changed since it began: {paths}. A resumed run would continue with other examples.</source>
        <translation>{run} 的数据自开始训练后已改变：{paths}。继续训练会使用不同的样本。</translation>
    </message>
    <message>
        <source>The disk is full.</source>
        <translation>磁盘已满。</translation>
    </message>
    <message>
        <source>The disk that holds {path} is full.</source>
        <translation>{path} 所在的磁盘已满。</translation>
    </message>
    <message>
        <source>The download of {model} is incomplete: {size} of the unfinished files are here.</source>
        <translation>没有下载完：{model} 尚缺的部分目前只有 {size}。</translation>
    </message>
    <message>
        <source>The draft model is not used: {model} runs without the fast path.</source>
        <translation type="vanished">未使用草稿模型：{model} 没有走快速路径。</translation>
    </message>
    <message>
        <source>The engine couldn&apos;t be started: {detail}</source>
        <translation>引擎无法启动：{detail}</translation>
    </message>
    <message>
        <source>The engine ended unexpectedly ({how}).</source>
        <translation>引擎意外退出（{how}）。</translation>
    </message>
    <message>
        <source>The engine ended {times} times within {seconds} seconds and was not restarted.</source>
        <translation>引擎在 {seconds} 秒内退出了 {times} 次，不再自动重启。</translation>
    </message>
    <message>
        <source>The engine has version {theirs}, the application {ours}.</source>
        <translation>引擎版本不一致（为 {theirs}，应为 {ours}）。</translation>
    </message>
    <message>
        <source>The engine sent an invalid message and was ended.</source>
        <translation>引擎发来了无法识别的内容，已将其终止。</translation>
    </message>
    <message>
        <source>The evaluation data has a class missing from training: {label}.</source>
        <translation>评估数据中有训练数据没有的类别：{label}。</translation>
    </message>
    <message>
        <source>The evaluation then measures memorization: remove it from one of the two.</source>
        <translation>这样评估测的是死记硬背：请从其中一处删除它。</translation>
    </message>
    <message>
        <source>The evaluation then measures memorization: remove them from one of the two.</source>
        <translation>这样评估测到的是死记硬背的内容：请从其中一方删去。</translation>
    </message>
    <message>
        <source>The experiment {experiment} has no parameter {parameter}.</source>
        <translation>实验 {experiment} 没有可选的 {parameter}。</translation>
    </message>
    <message>
        <source>The fast path is off (BIGMODEL_STUDIO_KERNELS=off), so this model runs on transformers.</source>
        <translation>快速路径已关闭（BIGMODEL_STUDIO_KERNELS=off），此模型由 transformers 运行。</translation>
    </message>
    <message>
        <source>The file can&apos;t be read: {detail}.</source>
        <translation>文件无法读取：{detail}。</translation>
    </message>
    <message>
        <source>The file doesn&apos;t exist.</source>
        <translation>文件不存在。</translation>
    </message>
    <message>
        <source>The file has {count} tensors that its architecture doesn&apos;t use here: {names}.</source>
        <translation>文件中有 {count} 个张量是此架构在这里不使用的：{names}。</translation>
    </message>
    <message>
        <source>The file is damaged or hostile: choose another copy of the model.</source>
        <translation>该文件已损坏或带有恶意：请选择该模型的其他副本。</translation>
    </message>
    <message>
        <source>The file is damaged: download it again.</source>
        <translation>文件已损坏：请重新下载。</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>The file may be newer than this application, or it is damaged.</source>
        <translation>该文件可能比本程序新；否则就是已损坏：请重新获取。</translation>
    </message>
    <message>
        <source>The file&apos;s tokenizer can&apos;t be used: {detail}.</source>
        <translation>文件中的分词器无法使用：{detail}。</translation>
    </message>
    <message>
        <source>The files are damaged or hostile: download the model again, from a source that you trust.</source>
        <translation>文件已损坏或含有恶意：请从可信来源重新下载该模型。</translation>
    </message>
    <message>
        <source>The files don&apos;t belong together: download the folder again.</source>
        <translation>请从来源重新获取该文件夹：其中的文件不是同一个模型的。</translation>
    </message>
    <message>
        <source>The folder is {path}.</source>
        <translation>文件夹是 {path}。</translation>
    </message>
    <message>
        <source>The folder {path} can&apos;t be read: {detail}.</source>
        <translation>文件夹 {path} 无法读取：{detail}。</translation>
    </message>
    <message>
        <source>The folder {path} contains no folders of pictures.</source>
        <translation>文件夹 {path} 中没有图片子文件夹。</translation>
    </message>
    <message>
        <source>The folder {path} contains no text files.</source>
        <translation>文件夹 {path} 中没有文本文件。</translation>
    </message>
    <message>
        <source>The folder {path} contains {parts}, which are splits and not classes, and has no folders of classes.</source>
        <translation>文件夹 {path} 包含 {parts}，它们是数据划分而不是类别，其中也没有类别文件夹。</translation>
    </message>
    <message>
        <source>The folder {path} contains {parts}, which are splits and not classes.</source>
        <translation>文件夹 {path} 下面不是类别文件夹，而是 {parts}。</translation>
    </message>
    <message>
        <source>The folder {path} contains {parts}: pictures beside marks for detection or segmentation, and no classes.</source>
        <translation>文件夹 {path} 包含 {parts}：图片旁边是检测或分割的标注，没有类别。</translation>
    </message>
    <message>
        <source>The folder {path} is empty.</source>
        <translation>文件夹 {path} 是空的。</translation>
    </message>
    <message>
        <source>The folder {path} is not empty.</source>
        <translation>文件夹 {path} 不是空的。</translation>
    </message>
    <message>
        <source>The folder “{folder}” contains no pictures.</source>
        <translation>文件夹“{folder}”中没有图片。</translation>
    </message>
    <message>
        <source>The folders in {path} contain {parts}, which are splits: all of them would be learned.</source>
        <translation>{path} 中的各文件夹包含 {parts}，它们是数据划分：这样会全部被学习。</translation>
    </message>
    <message>
        <source>The folders of the classes are not in {path} but deeper, in {deeper}.</source>
        <translation>类别文件夹不在 {path} 中，而在更深的 {deeper} 中。</translation>
    </message>
    <message>
        <source>The header of {file} is too large for any model; reading stopped.</source>
        <translation>{file} 的文件头大得超出任何模型所需，因此没有读完。</translation>
    </message>
    <message>
        <source>The largest class, {label}, has {share} of the examples, {ratio} times as many as the smallest, {least}.</source>
        <translation>最大的类别 {label} 占样本的 {share}，是最小的类别 {least} 的 {ratio} 倍。</translation>
    </message>
    <message>
        <source>The list shows the reason for each.</source>
        <translation>原因已逐张列出。</translation>
    </message>
    <message>
        <source>The log has the details under {id}.</source>
        <translation>详情见日志，编号 {id}。</translation>
    </message>
    <message>
        <source>The log has the details.</source>
        <translation>详情见日志。</translation>
    </message>
    <message>
        <source>The log has the reason for each.</source>
        <translation type="vanished">每张图片的原因见日志。</translation>
    </message>
    <message>
        <source>The measurement failed: {detail}.</source>
        <translation>无法测量：{detail}。</translation>
    </message>
    <message>
        <source>The model computed NaN or infinite logits, so no token could be sampled.</source>
        <translation>模型算出了非数值（NaN），无法选出词元。</translation>
    </message>
    <message>
        <source>The model doesn&apos;t translate to “{to}”.</source>
        <translation>这个模型不能翻译成“{to}”。</translation>
    </message>
    <message>
        <source>The model has no module {targets} for an adapter.</source>
        <translation>模型中没有名为 {targets} 的模块可以加适配器。</translation>
    </message>
    <message>
        <source>The model has several chat templates ({names}), and none of them is the default.</source>
        <translation>该模型有多个对话模板（{names}），没有一个是默认的。</translation>
    </message>
    <message>
        <source>The model may need a newer version, or its config.json is damaged.</source>
        <translation>它可能需要更新的版本，或者 config.json 已损坏。</translation>
    </message>
    <message>
        <source>The model&apos;s tokenizer has none of this prompt&apos;s characters.</source>
        <translation>该模型的分词器不含提示词中的任何字符。</translation>
    </message>
    <message>
        <source>The name of the folder “{name}” in {path} is not UTF-8, so it cannot name a class.</source>
        <translation>{path} 中文件夹“{name}”的名称不是 UTF-8，不能作为类别名。</translation>
    </message>
    <message>
        <source>The objective {objective} can&apos;t be trained yet.</source>
        <translation>暂不支持训练目标 {objective}。</translation>
    </message>
    <message>
        <source>The only picture in {path} could not be read: {reason}</source>
        <translation>{path} 中唯一的图片无法读取：{reason}</translation>
    </message>
    <message>
        <source>The others are shown. Check the program that wrote them.</source>
        <translation>其余的已显示。请检查写入它们的程序。</translation>
    </message>
    <message>
        <source>The others are shown; a trainer that writes such values may have a fault.</source>
        <translation type="vanished">其余的值照常显示；写出这种值的训练程序可能有故障。</translation>
    </message>
    <message>
        <source>The pasted picture couldn&apos;t be saved in {path}.</source>
        <translation>粘贴的图片无法保存到 {path}。</translation>
    </message>
    <message>
        <source>The picture has {width:,} × {height:,} pixels; the limit is {most} megapixels.</source>
        <translation>图片有 {width:,} × {height:,} 像素，最多支持 {most} 百万像素。</translation>
    </message>
    <message>
        <source>The picture is truncated or damaged.</source>
        <translation>图片不完整或已损坏。</translation>
    </message>
    <message>
        <source>The process that reads the headers of models did not start.</source>
        <translation>读取模型文件头的进程未能启动。</translation>
    </message>
    <message>
        <source>The process that renders chat templates did not start.</source>
        <translation>渲染对话模板的进程未能启动。</translation>
    </message>
    <message>
        <source>The process that tries tokenizers did not start.</source>
        <translation>用于检查分词器的进程未能启动。</translation>
    </message>
    <message>
        <source>The prompt is empty, and this model has no start token.</source>
        <translation>没有提示词，而该模型也没有起始词元。</translation>
    </message>
    <message>
        <source>The rest is still listed; try again.</source>
        <translation>剩余部分仍在列表中，请再试一次。</translation>
    </message>
    <message>
        <source>The run {run} has no complete checkpoint at this step (it has: {steps}).</source>
        <translation>训练任务 {run} 没有这个完整的检查点（现有：{steps}）。</translation>
    </message>
    <message>
        <source>The run {run} has no step {step}.</source>
        <translation>训练任务 {run} 没有第 {step} 步。</translation>
    </message>
    <message>
        <source>The run {run} hasn&apos;t answered after {seconds} s.</source>
        <translation>训练任务 {run} 在 {seconds} 秒后仍未响应。</translation>
    </message>
    <message>
        <source>The run {run} hasn&apos;t ended after {seconds} s.</source>
        <translation>训练任务 {run} 在 {seconds} 秒后仍未结束。</translation>
    </message>
    <message>
        <source>The run {run} is already running.</source>
        <translation>训练任务 {run} 已在进行中。</translation>
    </message>
    <message>
        <source>The run {run} is finished, at step {step} of {steps}.</source>
        <translation>训练任务 {run} 已完成，停在第 {step} 步，共 {steps} 步。</translation>
    </message>
    <message>
        <source>The run {run} is not queued.</source>
        <translation>训练任务 {run} 不在队列中。</translation>
    </message>
    <message>
        <source>The run {run} is part of the application and can&apos;t be removed.</source>
        <translation>训练任务 {run} 是应用自带的，不能移除。</translation>
    </message>
    <message>
        <source>The run {run} is training on {dataset}, so it was not removed.</source>
        <translation>训练 {run} 正在使用 {dataset}，因此未将其移除。</translation>
    </message>
    <message>
        <source>The run {run} is training on {model}, so it was not removed.</source>
        <translation>训练任务 {run} 正在使用 {model}，因此没有移除。</translation>
    </message>
    <message>
        <source>The run {run} is written by {writer}; this application only watches it.</source>
        <translation>训练任务 {run} 由 {writer} 写入，这里只是查看。</translation>
    </message>
    <message>
        <source>The settings couldn&apos;t be saved in {path}: {detail}.</source>
        <translation>设置无法保存到 {path}：{detail}。</translation>
    </message>
    <message>
        <source>The settings file was damaged, so the application is offline until you go online.</source>
        <translation>设置文件已损坏，应用将保持离线，直到你转为在线。</translation>
    </message>
    <message>
        <source>The settings file was damaged; readable settings were kept.</source>
        <translation>设置文件已损坏；能读取的设置已保留。</translation>
    </message>
    <message>
        <source>The settings in {path} couldn&apos;t be read: {detail}.</source>
        <translation>无法从 {path} 读取设置：{detail}。</translation>
    </message>
    <message>
        <source>The shape of one tensor differs from config.json: {names}.</source>
        <translation>有一个张量的形状与 config.json 不符：{names}。</translation>
    </message>
    <message>
        <source>The shapes of {count} tensors differ from config.json: {names}.</source>
        <translation>有 {count} 个张量的形状与 config.json 不符：{names}。</translation>
    </message>
    <message>
        <source>The shapes of {count} tensors differ from the metadata: {names}.</source>
        <translation>{count} 个张量的形状与元数据不符：{names}。</translation>
    </message>
    <message>
        <source>The spec has an unknown field: {field}.</source>
        <translation>训练配置中有未知字段：{field}。</translation>
    </message>
    <message>
        <source>The spec has no {field}.</source>
        <translation>训练配置中缺少 {field}。</translation>
    </message>
    <message>
        <source>The spec is not valid TOML: {detail}.</source>
        <translation>训练配置不是有效的 TOML：{detail}。</translation>
    </message>
    <message>
        <source>The spec {path} can&apos;t be read: {detail}.</source>
        <translation>训练配置 {path} 无法读取：{detail}。</translation>
    </message>
    <message>
        <source>The sweep has no values.</source>
        <translation>没有可扫描的内容。</translation>
    </message>
    <message>
        <source>The sweep has {count:,} runs; the limit is {most:,}.</source>
        <translation>那将是 {count:,} 个训练任务，而一次扫描最多 {most:,} 个。</translation>
    </message>
    <message>
        <source>The system killed the measurement ({how}), probably because memory ran out.</source>
        <translation>测量被系统终止（{how}），很可能是内存不足。</translation>
    </message>
    <message>
        <source>The task {task} can&apos;t be tried on examples.</source>
        <translation>该任务不能用示例试用：{task}。</translation>
    </message>
    <message>
        <source>The tensor alignment in {file} is {was}; it must be a power of two.</source>
        <translation>{file} 声称其张量按 {was} 对齐，而它必须是 2 的幂。</translation>
    </message>
    <message>
        <source>The tensor {name} in {file} has an invalid shape ({shape}).</source>
        <translation>{file} 中张量 {name} 的形状不合理（{shape}）。</translation>
    </message>
    <message>
        <source>The tensor {name} in {file} has an unknown type ({type}).</source>
        <translation>{file} 中张量 {name} 的类型未知（{type}）。</translation>
    </message>
    <message>
        <source>The tensor {name} in {file} overlaps another tensor or is misaligned.</source>
        <translation>{file} 中张量 {name} 与其他张量重叠，或起始位置不合规。</translation>
    </message>
    <message>
        <source>The text has no [MASK].</source>
        <translation>文本中没有 [MASK]。</translation>
    </message>
    <message>
        <source>The text has no two consecutive sentences.</source>
        <translation>文本中没有前后相接的两个句子。</translation>
    </message>
    <message>
        <source>The text has {tokens:,} tokens; the model&apos;s context is {context:,}.</source>
        <translation>这段文字有 {tokens:,} 个词元，而模型只能看到 {context:,} 个。</translation>
    </message>
    <message>
        <source>The text is empty.</source>
        <translation>文本为空。</translation>
    </message>
    <message>
        <source>The text is too short: no token of it is predicted.</source>
        <translation>文本太短：没有可预测的词元。</translation>
    </message>
    <message>
        <source>The text to score is missing, or given twice.</source>
        <translation>没有给出要评分的文本，或给了两次。</translation>
    </message>
    <message>
        <source>The tokenizer can&apos;t be used ({files}): {detail}.</source>
        <translation>分词器无法使用（{files}）：{detail}。</translation>
    </message>
    <message>
        <source>The tokenizer can&apos;t be used: {detail}.</source>
        <translation type="vanished">分词器无法使用：{detail}。</translation>
    </message>
    <message>
        <source>The tokenizer has no mask token.</source>
        <translation>分词器没有遮盖词元（mask）。</translation>
    </message>
    <message>
        <source>The tokenizer has {tokens:,} entries; the model&apos;s vocabulary has {known:,}.</source>
        <translation>分词器有 {tokens:,} 个条目，而模型只认识 {known:,} 个。</translation>
    </message>
    <message>
        <source>The tokenizer has {tokens:,} tokens, the model only {vocabulary:,}.</source>
        <translation>分词器有 {tokens:,} 个词元，而模型只有 {vocabulary:,} 个。</translation>
    </message>
    <message>
        <source>The tokenizer is refused: using {file} takes more than {most} MB of memory.</source>
        <translation>分词器被拒绝：使用 {file} 需要超过 {most} MB 内存。</translation>
    </message>
    <message>
        <source>The tokenizer is refused: using {file} takes more than {seconds:.0f} s.</source>
        <translation>分词器被拒绝：使用 {file} 耗时超过 {seconds:.0f} 秒。</translation>
    </message>
    <message>
        <source>The tokenizer of {model} is of the kind “{tokenizer}”, which isn&apos;t supported.</source>
        <translation type="vanished">{model} 的分词器属于“{tokenizer}”类型，不受支持。</translation>
    </message>
    <message>
        <source>The tokenizer of {model} splits text in a way that isn&apos;t supported: “{pre}”.</source>
        <translation>{model} 的分词器切分文本的方式不受支持：“{pre}”。</translation>
    </message>
    <message>
        <source>The tokenizer type of {model}, “{tokenizer}”, isn&apos;t supported.</source>
        <translation>不支持 {model} 的分词器类型“{tokenizer}”。</translation>
    </message>
    <message>
        <source>The tokens kept with this reply are not of {model}&apos;s vocabulary.</source>
        <translation>随此回复保存的词元不属于 {model} 的词表。</translation>
    </message>
    <message>
        <source>The trainer state at {path} was not written by this installation and could run code.</source>
        <translation>{path} 中的训练器状态不是由本安装写入的，而这类文件可能会执行代码。</translation>
    </message>
    <message>
        <source>The weights are in several files ({files}), and model.safetensors.index.json is missing.</source>
        <translation>权重分布在多个文件中（{files}），但缺少 model.safetensors.index.json。</translation>
    </message>
    <message>
        <source>The weights are only in a format that can run code when opened ({files}).</source>
        <translation>权重只有打开时可能执行代码的格式（{files}），已拒绝加载。</translation>
    </message>
    <message>
        <source>The weights are quantized ({method}), which is not supported.</source>
        <translation>权重经过量化（{method}），这里不支持读取。</translation>
    </message>
    <message>
        <source>The weights are there under another name ({files}); they must be called model.safetensors.</source>
        <translation type="vanished">权重用了别的名称（{files}）；它们必须命名为 model.safetensors。</translation>
    </message>
    <message>
        <source>The weights beside it are safe: start a new run with that folder as its base model.</source>
        <translation>旁边的权重可以放心使用：请以该文件夹为基础模型开始一次新的训练。</translation>
    </message>
    <message>
        <source>The weights have the wrong name ({files}); the file must be called model.safetensors.</source>
        <translation>权重文件名不对（{files}）；文件必须名为 model.safetensors。</translation>
    </message>
    <message>
        <source>The weights have {has} layers; config.json asks for {wants}.</source>
        <translation>权重只有 {has} 层，而 config.json 要求 {wants} 层。</translation>
    </message>
    <message>
        <source>The weights have {has} layers; config.json uses only {wants}, so the results would be wrong.</source>
        <translation>权重有 {has} 层；config.json 只用了 {wants} 层，结果会是错的。</translation>
    </message>
    <message>
        <source>The weights lack one of the model&apos;s tensors: {names}.</source>
        <translation>权重缺少模型的一个张量：{names}。</translation>
    </message>
    <message>
        <source>The weights lack {count} of the model&apos;s tensors: {names}.</source>
        <translation>权重中缺少模型的 {count} 个张量：{names}。</translation>
    </message>
    <message>
        <source>The {part} data has only {tokens:,} tokens; {needed:,} are needed.</source>
        <translation>{part}数据只有 {tokens:,} 词元，需要 {needed:,} 词元。</translation>
    </message>
    <message>
        <source>The {what} at step {step} was NaN or infinite, so the run ended.</source>
        <translation>第 {step} 步的 {what} 不是有限值，训练已终止。</translation>
    </message>
    <message>
        <source>There are no runs of a sweep {sweep}.</source>
        <translation>没有名为 {sweep} 的扫描的训练任务。</translation>
    </message>
    <message>
        <source>There are {count} classes; the limit is {most}.</source>
        <translation>共有 {count} 个类别，最多只能学习 {most} 个。</translation>
    </message>
    <message>
        <source>There is no benchmark {name!r}.</source>
        <translation>没有名为 {name!r} 的基准测试。</translation>
    </message>
    <message>
        <source>There is no chat with the number {number}.</source>
        <translation>没有编号为 {number} 的对话。</translation>
    </message>
    <message>
        <source>There is no dataset {dataset} on this computer.</source>
        <translation>本机没有数据集 {dataset}。</translation>
    </message>
    <message>
        <source>There is no device called {device} on this computer.</source>
        <translation>这里没有名为 {device} 的设备。</translation>
    </message>
    <message>
        <source>There is no evaluation data.</source>
        <translation>没有评估数据。</translation>
    </message>
    <message>
        <source>There is no experiment {experiment}.</source>
        <translation>没有名为 {experiment} 的实验。</translation>
    </message>
    <message>
        <source>There is no file or folder {path}.</source>
        <translation>文件或文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>There is no folder {path}.</source>
        <translation>文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>There is no model called {model} on this computer.</source>
        <translation>本机上没有名为 {model} 的模型。</translation>
    </message>
    <message>
        <source>There is no precision “{precision}”.</source>
        <translation>没有“{precision}”这种精度。</translation>
    </message>
    <message>
        <source>There is no run called {run}.</source>
        <translation>没有名为 {run} 的训练任务。</translation>
    </message>
    <message>
        <source>There is no task called {task}.</source>
        <translation>没有名为 {task} 的任务。</translation>
    </message>
    <message>
        <source>There is no text task {task}.</source>
        <translation>没有这样的文本任务：{task}。</translation>
    </message>
    <message>
        <source>These are: {runs}.</source>
        <translation type="vanished">受支持的有：{runs}。</translation>
    </message>
    <message>
        <source>These can: {runs}. Others run from safetensors weights.</source>
        <translation type="vanished">可以运行的有：{runs}。其他架构可用 safetensors 权重运行。</translation>
    </message>
    <message>
        <source>They apply until you close the application.</source>
        <translation>改动只在关闭应用前有效。</translation>
    </message>
    <message>
        <source>They are damaged or belong to another model: download them again.</source>
        <translation>它们属于另一个模型，或者已损坏：请重新下载。</translation>
    </message>
    <message>
        <source>They don&apos;t belong together: download both again.</source>
        <translation>两者不匹配：请都重新下载。</translation>
    </message>
    <message>
        <source>This account has no access to {model}.</source>
        <translation>Hub 不向此账户提供 {model}。</translation>
    </message>
    <message>
        <source>This chat can&apos;t be saved: {detail}.</source>
        <translation>这段对话无法保存：{detail}。</translation>
    </message>
    <message>
        <source>This message was damaged on disk.</source>
        <translation>这条消息在磁盘上已损坏。</translation>
    </message>
    <message>
        <source>This model needs its own code ({files}), which is never run here.</source>
        <translation>该模型要求运行自带的程序代码（{files}），这里一律不执行。</translation>
    </message>
    <message>
        <source>This model runs on transformers, which is slower. {reason}</source>
        <translation>此模型由 transformers 运行，速度较慢。{reason}</translation>
    </message>
    <message>
        <source>This page couldn&apos;t be shown: {detail}.</source>
        <translation>无法显示此页面：{detail}。</translation>
    </message>
    <message>
        <source>This spec describes a sweep: it has a table [sweep].</source>
        <translation>这份规格属于扫描：其 [sweep] 表列出了要尝试的值。</translation>
    </message>
    <message>
        <source>To learn from one of them, name it in data.text_column.</source>
        <translation type="vanished">若只用其中一段学习，请在 data.text_column 中指定。</translation>
    </message>
    <message>
        <source>Training doesn&apos;t support {model}&apos;s image preprocessing.</source>
        <translation>训练不支持 {model} 的图片预处理方式。</translation>
    </message>
    <message>
        <source>Training needs at least {needs} on {device}, which has {total}.</source>
        <translation>训练在 {device} 上至少需要 {needs}，而它只有 {total}。</translation>
    </message>
    <message>
        <source>Training only the last layer: {size}.</source>
        <translation>只训练最后一层需要 {size}。</translation>
    </message>
    <message>
        <source>Try a newer driver from nvidia.com.</source>
        <translation>从 nvidia.com 安装新版驱动或许可以解决。</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后再试。</translation>
    </message>
    <message>
        <source>Try again later, or without the mirror or proxy.</source>
        <translation>请稍后重试，或不使用镜像和代理。</translation>
    </message>
    <message>
        <source>Try again later; the download will resume.</source>
        <translation>请稍后重试；下载会从中断处继续。</translation>
    </message>
    <message>
        <source>Try again when the connection is better; the download will resume.</source>
        <translation>请在连接好转后重试；下载会从中断处继续。</translation>
    </message>
    <message>
        <source>Try again; the download will resume.</source>
        <translation>请重试；下载会从中断处继续。</translation>
    </message>
    <message>
        <source>Try again; the log has the details.</source>
        <translation>请再试一次；详情见日志。</translation>
    </message>
    <message>
        <source>Try another batch size, context or method.</source>
        <translation>请换一个批量、上下文或方法。</translation>
    </message>
    <message>
        <source>Unload it on the Models page, or wait until the command that uses it ends.</source>
        <translation>请在“模型”页面卸载它，或等待正在使用它的命令结束。</translation>
    </message>
    <message>
        <source>Unload other models, or choose a smaller one.</source>
        <translation>请关闭其他模型，或换用更小的模型。</translation>
    </message>
    <message>
        <source>Unpack it, or save its text as UTF-8.</source>
        <translation>请解压，或将其文本另存为 UTF-8。</translation>
    </message>
    <message>
        <source>Unset {variable}, then start the application again.</source>
        <translation>请取消 {variable}，然后重新启动程序。</translation>
    </message>
    <message>
        <source>Unsupported image format.</source>
        <translation>这不是受支持的图片格式。</translation>
    </message>
    <message>
        <source>Until it can, settings, chats and runs are saved in the temporary folder {instead}.</source>
        <translation>在此之前，设置、对话和训练记录保存在临时文件夹 {instead} 中。</translation>
    </message>
    <message>
        <source>Update the application to open it. Until then, chats are not saved.</source>
        <translation>请更新应用后再打开。在此之前对话不会保存。</translation>
    </message>
    <message>
        <source>Update the driver or restart the computer.</source>
        <translation>请更新驱动，或重新启动计算机。</translation>
    </message>
    <message>
        <source>Use characters from its vocabulary, for example: {examples}</source>
        <translation>请使用它认识的字符，例如：{examples}</translation>
    </message>
    <message>
        <source>Use either --text or --file.</source>
        <translation type="vanished">请使用 --text 或 --file 之一。</translation>
    </message>
    <message>
        <source>Use one JSON entry per line or one array, with messages, conversations, or instruction and output.</source>
        <translation>每行一条 JSON，或一个数组，其中包含 messages、conversations，或 instruction 与 output。</translation>
    </message>
    <message>
        <source>Use one JSON entry per line or one array, with prompt, chosen and rejected.</source>
        <translation>每行一个 JSON 条目，或一个数组，含 prompt、chosen 和 rejected。</translation>
    </message>
    <message>
        <source>Use one name if they are meant to be one class.</source>
        <translation>如果它们是同一个类别，请使用同一个名称。</translation>
    </message>
    <message>
        <source>Use this model without chat, or name one of them “default” in {file}.</source>
        <translation>请不用对话来使用该模型，或在 {file} 中把其中一个命名为“default”。</translation>
    </message>
    <message>
        <source>Use this model without chat.</source>
        <translation>请对该模型使用直接续写（不用对话模式）。</translation>
    </message>
    <message>
        <source>Wait until the run ends, or stop it.</source>
        <translation>请等待训练任务结束，或先停止它。</translation>
    </message>
    <message>
        <source>Wait {seconds} s, then try again; the download will resume.</source>
        <translation>请等待 {seconds} 秒后重试；下载会从中断处继续。</translation>
    </message>
    <message>
        <source>Waiting for memory on {device}: {needs} needed, {free} free.</source>
        <translation>正在等待 {device} 的内存：需要 {needs}，可用 {free}。</translation>
    </message>
    <message>
        <source>Weights and config.json don&apos;t belong together: download both again.</source>
        <translation>权重与 config.json 不匹配：请都重新下载。</translation>
    </message>
    <message>
        <source>Weights in {to}: {size}.</source>
        <translation>权重用 {to}：{size}。</translation>
    </message>
    <message>
        <source>Write ORGANIZATION/NAME with letters, digits, “-”, “_” and “.”.</source>
        <translation>名称写作“组织/名称”，由字母、数字、“-”、“_”和“.”组成。</translation>
    </message>
    <message>
        <source>Write OWNER/NAME, optionally with @REVISION, /CONFIG and :SPLIT.</source>
        <translation>写法为 OWNER/NAME，需要时可在其后加上 @REVISION、/CONFIG 和 :SPLIT。</translation>
    </message>
    <message>
        <source>Write field=value, for example optimizer.learning_rate=3e-4.</source>
        <translation>写法是 字段=值，例如 optimizer.learning_rate=3e-4。</translation>
    </message>
    <message>
        <source>config.json can&apos;t be used: {field} is {was}; it can be {may_be}.</source>
        <translation>config.json 无法使用：{field} 为 {was}；可以是 {may_be}。</translation>
    </message>
    <message>
        <source>config.json describes {wants:,} classes (id2label, num_labels); the weights have {has:,}.</source>
        <translation>config.json 描述了 {wants:,} 个类别（id2label、num_labels）；权重有 {has:,} 个。</translation>
    </message>
    <message>
        <source>config.json describes {wants:,} parameters; the weights have only {has:,}.</source>
        <translation>config.json 描述的模型有 {wants:,} 个参数，而权重只有 {has:,} 个。</translation>
    </message>
    <message>
        <source>config.json doesn&apos;t describe a valid model: {detail}.</source>
        <translation>无法根据 config.json 构建模型：{detail}。</translation>
    </message>
    <message>
        <source>config.json has no model type.</source>
        <translation>config.json 没有说明模型类型。</translation>
    </message>
    <message>
        <source>config.json in {path} names no supported architecture.</source>
        <translation>没有这里能用的架构：{path} 中的 config.json 没有写明。</translation>
    </message>
    <message>
        <source>generation_config.json can&apos;t be used: {field} is {was}; it can be {may_be}.</source>
        <translation>generation_config.json 无法使用：{field} 是 {was}；它可以是 {may_be}。</translation>
    </message>
    <message>
        <source>model.safetensors.index.json can&apos;t be used: {detail}.</source>
        <translation>model.safetensors.index.json 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>torch can&apos;t be used: {detail}.</source>
        <translation>torch 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>torch {torch} (CUDA {cuda}) supports the {card}, but the card doesn&apos;t start.</source>
        <translation>已安装的 torch {torch}（CUDA {cuda}）适合 {card}，但显卡无法启动。</translation>
    </message>
    <message>
        <source>torch {torch} is a CPU build and can&apos;t use the {card}.</source>
        <translation>已安装的 torch {torch} 是仅支持 CPU 的版本，无法使用 {card}。</translation>
    </message>
    <message>
        <source>torch {torch} is built for CUDA {cuda}, which the {card} or its driver doesn&apos;t support.</source>
        <translation>已安装的 torch {torch} 面向 CUDA {cuda}，{card} 或其驱动不支持。</translation>
    </message>
    <message>
        <source>transformers {version} doesn&apos;t know the model type “{model_type}”.</source>
        <translation>这是“{model_type}”模型，transformers {version} 不支持这种类型。</translation>
    </message>
    <message>
        <source>{architecture} doesn&apos;t support gradient checkpointing.</source>
        <translation>{architecture} 不能使用梯度检查点。</translation>
    </message>
    <message>
        <source>{architecture} is a model of pictures and text together, which is not supported yet.</source>
        <translation type="vanished">{architecture} 是同时处理图片和文本的模型，目前还不支持。</translation>
    </message>
    <message>
        <source>{architecture} is a model of sound, which is not supported.</source>
        <translation type="vanished">{architecture} 是声音模型，不受支持。</translation>
    </message>
    <message>
        <source>{architecture} is a multimodal model (pictures and text), which is not supported yet.</source>
        <translation>{architecture} 是多模态模型（图片与文本），目前还不支持。</translation>
    </message>
    <message>
        <source>{architecture} is an audio model, which is not supported.</source>
        <translation>{architecture} 是音频模型，不受支持。</translation>
    </message>
    <message>
        <source>{before} {after}</source>
        <translation>{before}{after}</translation>
    </message>
    <message>
        <source>{count:,} chats are skipped: no answer starts within the context of {context:,} tokens.</source>
        <translation>有 {count:,} 段对话已略去：在读取的 {context:,} 个词元内没有任何回答开始。</translation>
    </message>
    <message>
        <source>{count:,} chats have a system message; the chat template has no system role.</source>
        <translation>{count:,} 段对话有系统消息；对话模板没有系统角色。</translation>
    </message>
    <message>
        <source>{count:,} classes have fewer than {few} training examples: {labels}.</source>
        <translation>有 {count:,} 个类别的训练样本少于 {few} 个：{labels}。</translation>
    </message>
    <message>
        <source>{count:,} classes have no evaluation examples: {labels}.</source>
        <translation>有 {count:,} 个类别没有评估样本：{labels}。</translation>
    </message>
    <message>
        <source>{count:,} entries are not valid chats and are skipped: {detail}.</source>
        <translation>有 {count:,} 个条目不是可学习的对话，已略去：{detail}。</translation>
    </message>
    <message>
        <source>{count:,} entries are not valid preference pairs and are skipped: {detail}.</source>
        <translation>{count:,} 个条目不是有效的偏好对，已跳过：{detail}。</translation>
    </message>
    <message>
        <source>{count:,} examples repeat an earlier one with a different label.</source>
        <translation>有 {count:,} 个样本与前面某个样本相同，标注却不同。</translation>
    </message>
    <message>
        <source>{count:,} folders contain no pictures and are not classes: {labels}.</source>
        <translation>有 {count:,} 个文件夹里没有图片，不算类别：{labels}。</translation>
    </message>
    <message>
        <source>{count:,} lines are not UTF-8.</source>
        <translation>有 {count:,} 行不是 UTF-8。</translation>
    </message>
    <message>
        <source>{count:,} lines are not UTF-8; invalid bytes are read as “�”.</source>
        <translation>有 {count:,} 行不是 UTF-8；其中无法读出的部分会当作“�”来学。</translation>
    </message>
    <message>
        <source>{count:,} more of the {examples:,} training examples ({share}) are duplicates apart from spaces and case.</source>
        <translation>训练用的 {examples:,} 个样本中另有 {count:,} 个（{share}）与前面某个只差空白和大小写。</translation>
    </message>
    <message>
        <source>{count:,} more of {examples:,} evaluation examples ({share}) match training data apart from spaces and case.</source>
        <translation>评估用的 {examples:,} 个样本中另有 {count:,} 个（{share}）与训练数据只差空白和大小写。</translation>
    </message>
    <message>
        <source>{count:,} of the {examples:,} evaluation examples ({share}) are in the training data too.</source>
        <translation>评估用的 {examples:,} 个样本中有 {count:,} 个（{share}）也在训练数据中。</translation>
    </message>
    <message>
        <source>{count:,} of the {examples:,} examples are truncated: the context is {context:,} tokens.</source>
        <translation>{examples:,} 个示例中有 {count:,} 个被截断：上下文为 {context:,} 个词元。</translation>
    </message>
    <message>
        <source>{count:,} of the {examples:,} training examples ({share}) are exact duplicates.</source>
        <translation>训练用的 {examples:,} 个样本中有 {count:,} 个（{share}）与前面某个完全相同。</translation>
    </message>
    <message>
        <source>{count:,} pairs are skipped: within the context of {context:,} tokens, an answer is missing or both match.</source>
        <translation>跳过了 {count:,} 对：在 {context:,} 个词元的上下文内缺少回答，或两个回答相同。</translation>
    </message>
    <message>
        <source>{count:,} pictures can&apos;t be read and are skipped: {reason}</source>
        <translation>有 {count:,} 张图片无法读取，已略去：{reason}</translation>
    </message>
    <message>
        <source>{count:,} pictures in {path} are left out: {formats} is not read.</source>
        <translation type="vanished">{path} 中有 {count:,} 张图片未被采用：不支持 {formats}。</translation>
    </message>
    <message>
        <source>{count:,} pictures in {path} were skipped: {formats} is not supported.</source>
        <translation>已跳过 {path} 中的 {count:,} 张图片：不支持 {formats}。</translation>
    </message>
    <message>
        <source>{count:,} rows are invalid: {detail}.</source>
        <translation>有 {count:,} 行无法使用：{detail}。</translation>
    </message>
    <message>
        <source>{count:,} rows have no text and are skipped.</source>
        <translation>有 {count:,} 行没有文本，已略去。</translation>
    </message>
    <message>
        <source>{count} first sentences have no second sentence.</source>
        <translation>{count} 段文本不能成对：每个前句都需要一个后句。</translation>
    </message>
    <message>
        <source>{count} tensors have another shape than the metadata says: {names}.</source>
        <translation type="vanished">{count} 个张量的形状与元数据不符：{names}。</translation>
    </message>
    <message>
        <source>{dataset} has no configuration “{config}”.</source>
        <translation>{dataset} 没有名为“{config}”的配置。</translation>
    </message>
    <message>
        <source>{dataset} has no split “{split}”.</source>
        <translation>{dataset} 没有名为“{split}”的划分。</translation>
    </message>
    <message>
        <source>{dataset} has no supported files.</source>
        <translation>{dataset} 中没有可用于训练的文件。</translation>
    </message>
    <message>
        <source>{device} doesn&apos;t support {dtype}.</source>
        <translation>{device} 不使用 {dtype}。</translation>
    </message>
    <message>
        <source>{draft} can&apos;t draft for {model}: their vocabularies differ.</source>
        <translation>{draft} 不能为 {model} 起草：两者的词表不同。</translation>
    </message>
    <message>
        <source>{dtype} applies to weights as stored, not to {precision} weights.</source>
        <translation>{dtype} 只适用于原样权重，不适用于 {precision} 权重。</translation>
    </message>
    <message>
        <source>{field} is {was}.</source>
        <translation>{field} 为 {was}。</translation>
    </message>
    <message>
        <source>{file} arrived with a wrong checksum twice.</source>
        <translation>{file} 的校验和两次都不正确。</translation>
    </message>
    <message>
        <source>{file} begins with a byte order mark, which JSON must not have.</source>
        <translation>{file} 以字节顺序标记开头，而 JSON 不允许有它。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be used: {detail}.</source>
        <translation>{file} 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>{file} can&apos;t be used: {field} is {was}; it can be {may_be}.</source>
        <translation>{file} 无法使用：{field} 是 {was}；它可以是 {may_be}。</translation>
    </message>
    <message>
        <source>{file} claims a field of {length:,} bytes, which is impossible.</source>
        <translation>{file} 声称其中一部分长达 {length:,} 字节，这不可能。</translation>
    </message>
    <message>
        <source>{file} claims a list of {count:,} strings, more than fit into the file.</source>
        <translation>{file} 声称有一个含 {count:,} 段文本的列表，超出其容量。</translation>
    </message>
    <message>
        <source>{file} claims {tensors:,} tensors and {entries:,} entries, more than fit into the file.</source>
        <translation>{file} 声称有 {tensors:,} 个张量和 {entries:,} 个条目，超出其容量。</translation>
    </message>
    <message>
        <source>{file} computes embeddings with “{module}”, which is not supported.</source>
        <translation>{file} 用“{module}”计算嵌入向量，不受支持。</translation>
    </message>
    <message>
        <source>{file} contains a nested list ({name}), which is not supported.</source>
        <translation>{file} 含有嵌套列表（{name}），任何模型都不需要它。</translation>
    </message>
    <message>
        <source>{file} contains no tensors.</source>
        <translation>{file} 中没有张量。</translation>
    </message>
    <message>
        <source>{file} contains text that is not UTF-8.</source>
        <translation>{file} 含有不是 UTF-8 的文本。</translation>
    </message>
    <message>
        <source>{file} contains the name {name} twice.</source>
        <translation>{file} 中名称 {name} 出现了两次。</translation>
    </message>
    <message>
        <source>{file} has GGUF version {version}; supported are 2 and 3.</source>
        <translation>{file} 是 GGUF 第 {version} 版，这里只读取第 2 和第 3 版。</translation>
    </message>
    <message>
        <source>{file} has a name of {length:,} bytes, which is too long.</source>
        <translation>{file} 中有一个长达 {length:,} 字节的名称，而名称都很短。</translation>
    </message>
    <message>
        <source>{file} is a GGUF file without tensors.</source>
        <translation>{file} 是没有张量的 GGUF 文件，因此不是模型。</translation>
    </message>
    <message>
        <source>{file} is a Git LFS pointer, not the weights.</source>
        <translation>{file} 只是 Git LFS 指针，不是权重本身。</translation>
    </message>
    <message>
        <source>{file} is a link to {target}, which is not there.</source>
        <translation>{file} 是指向 {target} 的链接，但目标不存在。</translation>
    </message>
    <message>
        <source>{file} is damaged or not a safetensors file: {detail}.</source>
        <translation>{file} 已损坏，或不是 safetensors 文件：{detail}。</translation>
    </message>
    <message>
        <source>{file} is empty (0 bytes).</source>
        <translation>{file} 是空文件（0 字节）。</translation>
    </message>
    <message>
        <source>{file} is not a GGUF file.</source>
        <translation>{file} 不是 GGUF 文件。</translation>
    </message>
    <message>
        <source>{file} is truncated: it has {has:,} of {needs:,} bytes.</source>
        <translation>{file} 不完整：现有 {has:,} 字节，需要 {needs:,} 字节。</translation>
    </message>
    <message>
        <source>{file} is {format}, not a safetensors file; it was not opened.</source>
        <translation>{file} 不是 safetensors 文件，而是 {format}，没有打开。</translation>
    </message>
    <message>
        <source>{file} makes vectors with a step “{module}”, which is not supported.</source>
        <translation type="vanished">{file} 用步骤“{module}”生成向量，不支持该步骤。</translation>
    </message>
    <message>
        <source>{folder} has no weights (model.safetensors).</source>
        <translation>{folder} 中没有权重（缺少 model.safetensors）。</translation>
    </message>
    <message>
        <source>{host} doesn&apos;t answer like the Hub.</source>
        <translation>{host} 的应答不像 Hub 的应答。</translation>
    </message>
    <message>
        <source>{host} has no {model}.</source>
        <translation>{host} 没有 {model}。</translation>
    </message>
    <message>
        <source>{host} is limiting requests.</source>
        <translation>{host} 正在限制请求。</translation>
    </message>
    <message>
        <source>{host} limits requests at the moment.</source>
        <translation type="vanished">{host} 目前限制请求。</translation>
    </message>
    <message>
        <source>{host} rejected the request (HTTP {status}).</source>
        <translation>{host} 拒绝了请求（HTTP {status}）。</translation>
    </message>
    <message>
        <source>{host} rejected the saved access token.</source>
        <translation>{host} 拒绝了已保存的访问令牌。</translation>
    </message>
    <message>
        <source>{host} returned HTTP {status}.</source>
        <translation>{host} 返回了 HTTP {status}。</translation>
    </message>
    <message>
        <source>{host} sent less than 1 kB/s for {seconds} s.</source>
        <translation>{host} 在 {seconds} 秒内的传输速度低于 1 kB/s。</translation>
    </message>
    <message>
        <source>{host} stopped responding.</source>
        <translation>{host} 不再应答。</translation>
    </message>
    <message>
        <source>{model} belongs to LM Studio or Ollama and can&apos;t be removed here.</source>
        <translation>{model} 属于 LM Studio 或 Ollama，会保留。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be loaded in {precision}. {reason}</source>
        <translation>{model} 无法以 {precision} 加载。{reason}</translation>
    </message>
    <message>
        <source>{model} can&apos;t be planned: its structure can&apos;t be run without its weights.</source>
        <translation>无法规划 {model}：没有权重就无法运行其结构。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be run: its metadata lacks {key}.</source>
        <translation>{model} 无法运行：其元数据缺少 {key}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be run: {key} ({was}) isn&apos;t supported.</source>
        <translation>{model} 无法运行：不支持 {key}（{was}）。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be run: {key} is {was}, and it may be {may_be}.</source>
        <translation type="vanished">{model} 无法运行：{key} 为 {was}，可取的值为 {may_be}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be run: {key} is {was}; allowed: {may_be}.</source>
        <translation>{model} 无法运行：{key} 为 {was}，可取的值为 {may_be}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t read the bundled text: its tokenizer gives no tokens for it.</source>
        <translation>{model} 无法读取内置文本：其分词器没有给出任何词元。</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t accept text.</source>
        <translation>{model} 不接受文本。</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t say how its tokenizer splits text (tokenizer.ggml.pre).</source>
        <translation>{model} 没有说明其分词器如何切分文本（tokenizer.ggml.pre）。</translation>
    </message>
    <message>
        <source>{model} has no config.json, so its structure can&apos;t be read from the Hub.</source>
        <translation>{model} 没有 config.json，无法从 Hub 读取其结构。</translation>
    </message>
    <message>
        <source>{model} has no config.json, so transformers can&apos;t load it.</source>
        <translation type="vanished">{model} 没有 config.json，因此不是 transformers 的模型。</translation>
    </message>
    <message>
        <source>{model} has no file {file}.</source>
        <translation>{model} 没有文件 {file}。</translation>
    </message>
    <message>
        <source>{model} has no next-sentence head.</source>
        <translation>{model} 没有下一句预测头。</translation>
    </message>
    <message>
        <source>{model} has no safetensors weights.</source>
        <translation>{model} 没有 safetensors 格式的权重，这里不使用其他格式。</translation>
    </message>
    <message>
        <source>{model} has no such revision.</source>
        <translation>{model} 没有这个版本。</translation>
    </message>
    <message>
        <source>{model} has no tokenizer.json, so text can&apos;t be tokenized.</source>
        <translation>{model} 没有 tokenizer.json，无法将文本转换为词元。</translation>
    </message>
    <message>
        <source>{model} has no tokenizer.json; {file} (SentencePiece) alone is not supported.</source>
        <translation>{model} 没有 tokenizer.json；不支持只有 {file}（SentencePiece）的情况。</translation>
    </message>
    <message>
        <source>{model} has no tokenizer.json; {file} alone is not supported.</source>
        <translation>{model} 没有 tokenizer.json；不支持仅有 {file}。</translation>
    </message>
    <message>
        <source>{model} has tensors of type {types}, which can&apos;t be run here.</source>
        <translation>{model} 含有 {types} 类型的张量，无法在这里运行。</translation>
    </message>
    <message>
        <source>{model} has the architecture {architecture}, which can&apos;t be run from GGUF yet.</source>
        <translation>{model} 的架构为 {architecture}，目前还不能从 GGUF 运行。</translation>
    </message>
    <message>
        <source>{model} has {count} model files; the limit is {most}.</source>
        <translation>{model} 有 {count} 个模型所需的文件，最多获取 {most} 个。</translation>
    </message>
    <message>
        <source>{model} in the Hub&apos;s cache has no config.json, so transformers can&apos;t load it.</source>
        <translation>缺少 config.json：transformers 无法从 Hub 缓存加载 {model}。</translation>
    </message>
    <message>
        <source>{model} is a GGUF file: it can be run and inspected, but not used for this.</source>
        <translation>{model} 是 GGUF 文件：可以运行和查看，但不能用于此处。</translation>
    </message>
    <message>
        <source>{model} is a big-endian GGUF file, which can&apos;t be run here.</source>
        <translation>{model} 是大端字节序的 GGUF 文件，无法在这里运行。</translation>
    </message>
    <message>
        <source>{model} is a checkpoint of the run {run} and can&apos;t be removed alone.</source>
        <translation>{model} 是训练任务 {run} 的产物，只能随任务一起移除。</translation>
    </message>
    <message>
        <source>{model} is a mixture of experts, which can&apos;t be run from GGUF yet.</source>
        <translation>{model} 是混合专家模型，目前还不能从 GGUF 运行。</translation>
    </message>
    <message>
        <source>{model} is a “{kind}” model; this task needs a “{wanted}” model.</source>
        <translation>{model} 是“{kind}”类型的模型，这里需要“{wanted}”类型。</translation>
    </message>
    <message>
        <source>{model} is gated.</source>
        <translation>{model} 需要先接受条件才能使用。</translation>
    </message>
    <message>
        <source>{model} is loaded, so it was not removed.</source>
        <translation>{model} 已加载，因此没有移除。</translation>
    </message>
    <message>
        <source>{model} is neither a folder nor a model in the Hub&apos;s cache.</source>
        <translation>此处没有文件夹 {model}，Hub 的缓存中也没有这个模型。</translation>
    </message>
    <message>
        <source>{model} is not a valid model name.</source>
        <translation>{model} 不能是 Hub 上的模型名称。</translation>
    </message>
    <message>
        <source>{model} is not on this computer.</source>
        <translation>本机上没有 {model}。</translation>
    </message>
    <message>
        <source>{model} is on another disk than the trash, so it can&apos;t be moved there.</source>
        <translation>{model} 与回收站不在同一磁盘，无法保留在回收站中。</translation>
    </message>
    <message>
        <source>{model} is part of the application and can&apos;t be removed.</source>
        <translation>{model} 是应用自带的，不能移除。</translation>
    </message>
    <message>
        <source>{model} is private or doesn&apos;t exist.</source>
        <translation>{model} 是私有的，或者不存在。</translation>
    </message>
    <message>
        <source>{model} is refused: reading its config and header took more than {most:,} MB of memory.</source>
        <translation>拒绝使用 {model}：读取其配置和文件头占用内存超过 {most:,} MB。</translation>
    </message>
    <message>
        <source>{model} is refused: reading its config and header took more than {seconds:g} s.</source>
        <translation>拒绝使用 {model}：读取其配置和文件头超过 {seconds:g} 秒。</translation>
    </message>
    <message>
        <source>{model} needs {needs}; {free} are free on the disk of {path}.</source>
        <translation>{model} 需要 {needs}，而 {path} 所在磁盘可用 {free}。</translation>
    </message>
    <message>
        <source>{model} takes pictures of varying size; training needs a fixed size.</source>
        <translation>{model} 接受多种尺寸的图片，而训练需要固定尺寸。</translation>
    </message>
    <message>
        <source>{model} takes pictures of {channels} channels; only color pictures (3 channels) are supported.</source>
        <translation>{model} 接受 {channels} 个通道的图片；只支持彩色图片（3 个通道）。</translation>
    </message>
    <message>
        <source>{model} was downloaded again, so the removed copy stays in the trash.</source>
        <translation>Hub 缓存中又有了 {model}，因此移除的那份仍留在回收站。</translation>
    </message>
    <message>
        <source>{name} in {file} has an unknown value type ({type}).</source>
        <translation>{file} 给 {name} 的值的类型不存在（{type}）。</translation>
    </message>
    <message>
        <source>{name} is a timm model, which is not supported.</source>
        <translation>{name} 是 timm 模型，不受支持。</translation>
    </message>
    <message>
        <source>{name} isn&apos;t UTF-8 text: {was}.</source>
        <translation>{name} 不是 UTF-8 文本：{was}。</translation>
    </message>
    <message>
        <source>{near}Choose one from the catalogue.</source>
        <translation>{near}请从目录中选择。</translation>
    </message>
    <message>
        <source>{near}Choose one from the list of models.</source>
        <translation>{near}请从模型列表中选择。</translation>
    </message>
    <message>
        <source>{objective} can&apos;t be trained from scratch.</source>
        <translation>{objective} 不能从零开始训练。</translation>
    </message>
    <message>
        <source>{objective} doesn&apos;t support the architecture {architecture} from scratch.</source>
        <translation>{objective} 不支持用架构 {architecture} 从零训练。</translation>
    </message>
    <message>
        <source>{objective} doesn&apos;t support the method {method}.</source>
        <translation>方法 {method} 不能用于 {objective}。</translation>
    </message>
    <message>
        <source>{parameter} is not a trained parameter.</source>
        <translation>{parameter} 不是被训练的参数。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read as Parquet: {detail}.</source>
        <translation>无法将 {path} 作为 Parquet 读取：{detail}。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be read: {detail}.</source>
        <translation>无法读取 {path}：{detail}。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be scored: {detail}.</source>
        <translation>无法为 {path} 评分：{detail}。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be written: {detail}.</source>
        <translation>无法写入 {path}：{detail}。</translation>
    </message>
    <message>
        <source>{path} contains JSON, not plain text.</source>
        <translation>{path} 包含 JSON，不是纯文本。</translation>
    </message>
    <message>
        <source>{path} contains an adapter ({kind}) for {base}, not a whole model.</source>
        <translation>{path} 是 {base} 的适配器（{kind}），不是完整模型。</translation>
    </message>
    <message>
        <source>{path} contains an adapter ({kind}) for {base}, which is not supported.</source>
        <translation>{path} 是 {base} 的适配器（{kind}），不受支持。</translation>
    </message>
    <message>
        <source>{path} contains an adapter, not a whole model, and doesn&apos;t name its base model.</source>
        <translation>{path} 是适配器，不是完整模型，而且没有写明它的基础模型。</translation>
    </message>
    <message>
        <source>{path} contains an adapter, not a whole model.</source>
        <translation type="vanished">{path} 中是适配器，不是完整的模型。</translation>
    </message>
    <message>
        <source>{path} contains no TensorBoard scalars.</source>
        <translation>{path} 中没有 TensorBoard 标量。</translation>
    </message>
    <message>
        <source>{path} contains no supported chats.</source>
        <translation>{path} 中没有可识别的对话。</translation>
    </message>
    <message>
        <source>{path} contains no text.</source>
        <translation>{path} 中没有文本。</translation>
    </message>
    <message>
        <source>{path} contains no valid chats: {detail}.</source>
        <translation>{path} 中没有可以学习的对话：{detail}。</translation>
    </message>
    <message>
        <source>{path} contains no valid preference pairs: {detail}.</source>
        <translation>{path} 中没有有效的偏好对：{detail}。</translation>
    </message>
    <message>
        <source>{path} couldn&apos;t be deleted completely: {detail}.</source>
        <translation>{path} 未能完全删除：{detail}。</translation>
    </message>
    <message>
        <source>{path} couldn&apos;t be moved: {detail}.</source>
        <translation>{path} 无法移动：{detail}。</translation>
    </message>
    <message>
        <source>{path} couldn&apos;t be saved: {detail}.</source>
        <translation>{path} 无法保存：{detail}。</translation>
    </message>
    <message>
        <source>{path} couldn&apos;t be written: {detail}.</source>
        <translation>{path} 无法写入：{detail}。</translation>
    </message>
    <message>
        <source>{path} has both a whole model and an adapter (adapter_config.json).</source>
        <translation>{path} 里既有完整模型又有适配器（adapter_config.json）。</translation>
    </message>
    <message>
        <source>{path} has more than {most:,} MiB.</source>
        <translation>{path} 超过 {most:,} MiB。</translation>
    </message>
    <message>
        <source>{path} has no column {column}; it has: {columns}.</source>
        <translation>{path} 没有列 {column}；现有的列：{columns}。</translation>
    </message>
    <message>
        <source>{path} has no config.json, so it is not a model.</source>
        <translation>{path} 中没有 config.json，不是模型文件夹。</translation>
    </message>
    <message>
        <source>{path} has no preprocessor_config.json, so pictures can&apos;t be preprocessed.</source>
        <translation>{path} 中没有 preprocessor_config.json，无法将图片转换为模型的输入。</translation>
    </message>
    <message>
        <source>{path} has two texts in each row, “{first}” and “{second}”, and one would be left out.</source>
        <translation type="vanished">{path} 的每一行有两段文本，“{first}”和“{second}”，其中一段会被忽略。</translation>
    </message>
    <message>
        <source>{path} has two texts in each row, “{first}” and “{second}”, but only one can be used.</source>
        <translation type="vanished">{path} 的每行有两段文本（“{first}”和“{second}”），但只能使用其中一段。</translation>
    </message>
    <message>
        <source>{path} has weights ({file}) but no config.json, which describes the model.</source>
        <translation>{path} 有权重（{file}），但没有描述模型的 config.json。</translation>
    </message>
    <message>
        <source>{path} has {count} values whose time or name is not valid; they were left out.</source>
        <translation type="vanished">{path} 中有 {count} 个值的时间或名称无效，已略去。</translation>
    </message>
    <message>
        <source>{path} has {count} values with an invalid time or name; they were skipped.</source>
        <translation>{path} 中有 {count} 个值的时间或名称无效，已跳过。</translation>
    </message>
    <message>
        <source>{path} is Parquet, but the library that reads it is not installed.</source>
        <translation>{path} 是 Parquet 文件，而用于读取它的可选库尚未安装。</translation>
    </message>
    <message>
        <source>{path} is UTF-16 or UTF-32.</source>
        <translation>{path} 是 UTF-16 或 UTF-32 编码。</translation>
    </message>
    <message>
        <source>{path} is a Diffusers pipeline (model_index.json), which is not supported.</source>
        <translation>{path} 是 Diffusers 管线（model_index.json），不受支持。</translation>
    </message>
    <message>
        <source>{path} is a Hub address; training reads only local files.</source>
        <translation>{path} 在 Hub 上，而训练只读取本机的文件。</translation>
    </message>
    <message>
        <source>{path} is a file, but not a table of pictures.</source>
        <translation>{path} 是一个文件，但不是图片清单。</translation>
    </message>
    <message>
        <source>{path} is a file; a model is a folder.</source>
        <translation>{path} 是文件，而模型应当是文件夹。</translation>
    </message>
    <message>
        <source>{path} is a model for {program} ({file}), which is not supported.</source>
        <translation>{path} 是用于 {program} 的模型（{file}），不受支持。</translation>
    </message>
    <message>
        <source>{path} is a pointer of Git LFS and not the file itself.</source>
        <translation>{path} 是 Git LFS 的指针，而不是文件本身。</translation>
    </message>
    <message>
        <source>{path} is not a model itself; it contains models in: {found}.</source>
        <translation>{path} 本身不是模型；其中的模型在：{found}。</translation>
    </message>
    <message>
        <source>{path} is not a table of texts with their classes.</source>
        <translation>{path} 不是带类别的文本表。</translation>
    </message>
    <message>
        <source>{path} is not in the list of folders.</source>
        <translation>{path} 不在已记住的文件夹之列。</translation>
    </message>
    <message>
        <source>{path} is not plain text ({kind}).</source>
        <translation>{path} 不是纯文本（{kind}）。</translation>
    </message>
    <message>
        <source>{path} is not writable.</source>
        <translation>{path} 不可写。</translation>
    </message>
    <message>
        <source>{path} is {kind}, not plain text.</source>
        <translation>{path} 是 {kind}，不是纯文本。</translation>
    </message>
    <message>
        <source>{path} must end in .json, .md or .html.</source>
        <translation>{path} 的扩展名必须是 .json、.md 或 .html。</translation>
    </message>
    <message>
        <source>{path}, line {line} is not UTF-8.</source>
        <translation>{path} 第 {line} 行不是 UTF-8。</translation>
    </message>
    <message>
        <source>{path}, line {line}: {detail}.</source>
        <translation>{path} 第 {line} 行：{detail}。</translation>
    </message>
    <message>
        <source>{path}, row {line}: {detail}.</source>
        <translation>{path}，第 {line} 行记录：{detail}。</translation>
    </message>
    <message>
        <source>{processes} processes need a GPU each; this computer has {cards}.</source>
        <translation>{processes} 个进程各需要一块显卡，而本机有 {cards} 块。</translation>
    </message>
    <message>
        <source>{run} isn&apos;t running ({state}).</source>
        <translation>{run} 没有在运行（{state}）。</translation>
    </message>
    <message>
        <source>{share} of the tokens are unknown to the tokenizer.</source>
        <translation>{share} 的词元代表分词器不认识的字符或词。</translation>
    </message>
    <message>
        <source>{share} of the words have the tag {label}.</source>
        <translation>{share} 的词的标签是 {label}。</translation>
    </message>
    <message>
        <source>“{name}” is no longer in the trash.</source>
        <translation>“{name}”已不在回收站中。</translation>
    </message>
    <message>
        <source>“{name}” is not a picture.</source>
        <translation>“{name}”不是图片。</translation>
    </message>
    <message>
        <source>“{separator}” separates the classes of a text.</source>
        <translation>一条文本的多个类别由“{separator}”分隔。</translation>
    </message>
    <message>
        <source>“{text}” is not a change.</source>
        <translation>“{text}”不是一项更改。</translation>
    </message>
    <message>
        <source>“{was}” is not a dataset address.</source>
        <translation>“{was}”不是数据集地址。</translation>
    </message>
    <message>
        <source>“{was}” is not a number of parameters.</source>
        <translation>“{was}”不是参数数量。</translation>
    </message>
    <message>
        <source>“{was}” is not a size.</source>
        <translation>“{was}”不是大小。</translation>
    </message>
</context>
<context>
    <name>microscope</name>
    <message>
        <source>After all</source>
        <translation>全部之后</translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Presence</source>
        <translation>出现惩罚</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Temp.</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Typical</source>
        <translation>典型</translation>
    </message>
    <message>
        <source>entropy {nats} nats</source>
        <translation>熵 {nats} 纳特</translation>
    </message>
    <message>
        <source>probability {share}</source>
        <translation>概率 {share}</translation>
    </message>
    <message>
        <source>rank {rank}</source>
        <translation>排名 {rank}</translation>
    </message>
    <message>
        <source>the token of the reply</source>
        <translation>回复中的词元</translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>Advisor</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Catalogue</source>
        <translation>模型目录</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Classify pictures</source>
        <translation>图片分类</translation>
    </message>
    <message>
        <source>Classify texts</source>
        <translation>文本分类</translation>
    </message>
    <message>
        <source>Compare texts by meaning</source>
        <translation>按含义比较文本</translation>
    </message>
    <message>
        <source>Computed</source>
        <translation>计算得出</translation>
    </message>
    <message>
        <source>Continue text</source>
        <translation>续写文本</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载量</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Encoder-decoder</source>
        <translation>编码器-解码器</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Fill in missing words</source>
        <translation>填补缺词</translation>
    </message>
    <message>
        <source>Fill mask</source>
        <translation>掩码填空</translation>
    </message>
    <message>
        <source>GGUF (inspect only)</source>
        <translation>GGUF，仅供查看</translation>
    </message>
    <message>
        <source>Grouped-query</source>
        <translation>分组查询</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头数</translation>
    </message>
    <message>
        <source>Hub, on disk</source>
        <translation>Hub 本地缓存</translation>
    </message>
    <message>
        <source>Image classification</source>
        <translation>图片分类</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>License</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Likes</source>
        <translation>喜欢</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Most downloaded</source>
        <translation>下载最多</translation>
    </message>
    <message>
        <source>Most liked</source>
        <translation>最受喜欢</translation>
    </message>
    <message>
        <source>Multi-head</source>
        <translation>多头</translation>
    </message>
    <message>
        <source>Multi-query</source>
        <translation>多查询</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>On the Hub</source>
        <translation>在 Hub 上</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Pictures and text</source>
        <translation>图片与文本</translation>
    </message>
    <message>
        <source>Published</source>
        <translation>论文公布</translation>
    </message>
    <message>
        <source>Question answering</source>
        <translation>依据文本回答</translation>
    </message>
    <message>
        <source>Recently updated</source>
        <translation>最近更新</translation>
    </message>
    <message>
        <source>Sentence similarity</source>
        <translation>句子相似度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Speech to text</source>
        <translation>语音转文字</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Summarize</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Summarizing</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Tag words</source>
        <translation>词语标注</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Text classification</source>
        <translation>文本分类</translation>
    </message>
    <message>
        <source>Text generation</source>
        <translation>文本生成</translation>
    </message>
    <message>
        <source>Text generation and chat</source>
        <translation>写作与对话</translation>
    </message>
    <message>
        <source>Text to image</source>
        <translation>文字生成图片</translation>
    </message>
    <message>
        <source>Token classification</source>
        <translation>词语标注</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>Trending</source>
        <translation>近期热门</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>年份</translation>
    </message>
    <message>
        <source>bundled</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>fits this computer</source>
        <translation>适合本机</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>gated</source>
        <translation>需申请访问</translation>
    </message>
    <message>
        <source>here</source>
        <translation>已在本机</translation>
    </message>
    <message>
        <source>loaded</source>
        <translation>已加载</translation>
    </message>
    <message>
        <source>needed</source>
        <translation>需要</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>不需要</translation>
    </message>
    <message>
        <source>on this computer</source>
        <translation>在本机上</translation>
    </message>
    <message>
        <source>pictures/s</source>
        <translation>张图片/秒</translation>
    </message>
    <message>
        <source>private</source>
        <translation>私有</translation>
    </message>
    <message>
        <source>run</source>
        <translation>训练任务</translation>
    </message>
    <message>
        <source>texts/s</source>
        <translation>段文本/秒</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>词元/秒</translation>
    </message>
    <message>
        <source>too large for this computer</source>
        <translation>对本机过大</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>等待</translation>
    </message>
</context>
<context>
    <name>network</name>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Checksums</source>
        <translation>校验和</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Model card and files</source>
        <translation>说明与文件</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>结构</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>no response</source>
        <translation>无答复</translation>
    </message>
</context>
<context>
    <name>pages</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
</context>
<context>
    <name>palette</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>训练任务</translation>
    </message>
</context>
<context>
    <name>presets</name>
    <message>
        <source>Answer in one or two sentences. Say so when you do not know.</source>
        <translation>用一两句话回答。不知道就直说。</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Balanced (the model&apos;s own)</source>
        <translation type="vanished">均衡（模型自带）</translation>
    </message>
    <message>
        <source>Brief</source>
        <translation>简洁</translation>
    </message>
    <message>
        <source>Code reviewer</source>
        <translation>代码审查</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>创意</translation>
    </message>
    <message>
        <source>Explain step by step, in plain words, with one example. End with a question.</source>
        <translation>用通俗的话逐步讲解，举一个例子，最后提一个问题。</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Review the code: first what is wrong, then what could be simpler.</source>
        <translation>审查代码：先指出错误，再说明哪里可以更简单。</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>老师</translation>
    </message>
    <message>
        <source>Translate what I write into English, or English into Chinese. Add nothing.</source>
        <translation>把我写的内容译成英文，英文则译成中文，不要添加任何内容。</translation>
    </message>
    <message>
        <source>Translator</source>
        <translation>翻译</translation>
    </message>
</context>
<context>
    <name>sampling</name>
    <message>
        <source>Above 0: each time a token occurs in the reply, it becomes less likely.</source>
        <translation>大于 0 时，词元在回复中每出现一次，概率就降低一次。</translation>
    </message>
    <message>
        <source>Above 0: tokens already in the reply become less likely.</source>
        <translation>大于 0 时，回复中已出现的词元概率降低。</translation>
    </message>
    <message>
        <source>Above 1, repeated tokens become less likely.</source>
        <translation>大于 1 时，已出现过的词元概率会降低。</translation>
    </message>
    <message>
        <source>Above 1: beam search, which shows the reply when it is complete.</source>
        <translation>大于 1：束搜索，回复完成后一次显示。</translation>
    </message>
    <message>
        <source>Beams</source>
        <translation>束宽</translation>
    </message>
    <message>
        <source>Drop tokens below this fraction of the highest probability.</source>
        <translation>只保留概率不低于最高概率这一比例的词元。</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Higher is more random; 0 is greedy.</source>
        <translation>越高越随机；0 为贪心解码。</translation>
    </message>
    <message>
        <source>In tokens. Auto: as many as fit the context, or 256 if the model has no chat template.</source>
        <translation>词元数。自动：上下文剩余空间；没有对话模板的模型为 256。</translation>
    </message>
    <message>
        <source>Longest reply</source>
        <translation>最大回复长度</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Sample from the k most likely tokens; 0 = all.</source>
        <translation>只从概率最高的 k 个词元中选；0 表示不限。</translation>
    </message>
    <message>
        <source>Sample from the most likely tokens that together have this probability.</source>
        <translation>只从累计概率达到该值的最可能词元中选。</translation>
    </message>
    <message>
        <source>Sample from the tokens that are neither too likely nor too unlikely.</source>
        <translation>从既不过于常见也不过于罕见的词元中采样。</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation type="vanished">以词元计。</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>A URL starts with http:// or https:// and has no spaces.</source>
        <translation>地址以 http:// 或 https:// 开头，且不含空格。</translation>
    </message>
    <message>
        <source>A mirror used instead of huggingface.co. Your access token is sent to it too.</source>
        <translation>代替 huggingface.co 的镜像。访问令牌也会发送给它。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Concurrent runs</source>
        <translation>同时进行的训练任务数</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Days that removed items can be restored before they are deleted.</source>
        <translation>移除的内容在彻底删除之前可以恢复的天数。</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Hub address</source>
        <translation>Hub 地址</translation>
    </message>
    <message>
        <source>Keep removed items for</source>
        <translation>移除内容保留天数</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Leave empty to use the system proxy.</source>
        <translation>留空则使用系统代理。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Limit of runs at a time per device. Other runs wait in the queue, as do runs that don&apos;t fit into memory.</source>
        <translation>同一设备上最多可以同时进行几个训练任务。其余训练任务会排队等待，内存放不下的任务也会排队。</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Opens no connections. Everything on this computer keeps working.</source>
        <translation>应用的任何部分都不会建立连接。本机上的一切照常可用。</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程数</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Threads of an engine; 0 = automatic. Takes effect after a restart.</source>
        <translation>引擎计算时使用的线程数；0 表示由引擎自行决定。重新启动应用后生效。</translation>
    </message>
    <message>
        <source>“System” follows the desktop&apos;s light or dark mode.</source>
        <translation>“跟随系统”会随桌面的浅色或深色模式切换。</translation>
    </message>
    <message>
        <source>“System” follows the language of the desktop. Takes effect when the window is opened again.</source>
        <translation>“跟随系统”会使用桌面的语言。重新打开窗口后生效。</translation>
    </message>
    <message>
        <source>简体中文</source>
        <translation>简体中文</translation>
    </message>
</context>
<context>
    <name>text</name>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Enter sentences, one per line, to tag their words.</source>
        <translation>写一个句子，看看其中哪些词是什么的名称。</translation>
    </message>
    <message>
        <source>Enter texts, one per line, to classify them.</source>
        <translation>输入文本，每行一段，查看分类结果。</translation>
    </message>
    <message>
        <source>Enter texts, one per line, to compare their embeddings.</source>
        <translation>写几条文本，每行一条，看看模型认为它们有多相似。</translation>
    </message>
    <message>
        <source>Enter texts, one per line, to summarize them.</source>
        <translation>写几条文本，每行一条，让模型用更少的话说出来。</translation>
    </message>
    <message>
        <source>Enter texts, one per line, to translate them.</source>
        <translation>写几条文本，每行一条，让模型翻译。</translation>
    </message>
    <message>
        <source>Enter two sentences to see whether the second follows the first.</source>
        <translation>写两个句子，看看第二句能否接在第一句之后。</translation>
    </message>
    <message>
        <source>Fill mask</source>
        <translation>填空</translation>
    </message>
    <message>
        <source>Filled in: {text}</source>
        <translation>填补后：{text}</translation>
    </message>
    <message>
        <source>Mask a word with [MASK] to see the model&apos;s predictions.</source>
        <translation>用 [MASK] 遮住一个词，看看模型会填什么。</translation>
    </message>
    <message>
        <source>Next sentence</source>
        <translation>下一句</translation>
    </message>
    <message>
        <source>No text model yet</source>
        <translation>还没有能阅读文本的模型</translation>
    </message>
    <message>
        <source>One sentence per line</source>
        <translation>每行一个句子</translation>
    </message>
    <message>
        <source>One sentence per line, with [MASK] in place of a word</source>
        <translation>用 [MASK] 代替一个词的句子；每行一句</translation>
    </message>
    <message>
        <source>One text per line</source>
        <translation>每行一条文本</translation>
    </message>
    <message>
        <source>One text per line, at least two</source>
        <translation>每行一条文本，两条或更多</translation>
    </message>
    <message>
        <source>One text per line. Separate pairs with a tab.</source>
        <translation>每行一段文本。成对的文本用制表符分隔。</translation>
    </message>
    <message>
        <source>Summarize</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Train a model…</source>
        <translation>训练一个…</translation>
    </message>
    <message>
        <source>Train a small masked language model in minutes, or find one on the Hub.</source>
        <translation>训练一个填补被遮盖词语的小模型，只需几分钟；也可以在 Hub 上找一个。</translation>
    </message>
    <message>
        <source>Translate</source>
        <translation>翻译</translation>
    </message>
    <message>
        <source>Try an example</source>
        <translation>试一个例子</translation>
    </message>
    <message>
        <source>Use {model}</source>
        <translation>使用 {model}</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t classify texts</source>
        <translation>{model} 不能给文本分类</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t embed texts</source>
        <translation>{model} 不能把文本变成向量</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t fill masks</source>
        <translation>{model} 不能填补被遮盖的词语</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t summarize</source>
        <translation>{model} 不能写摘要</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t tag words</source>
        <translation>{model} 不能标注词语</translation>
    </message>
    <message>
        <source>{model} doesn&apos;t translate</source>
        <translation>{model} 不能翻译</translation>
    </message>
    <message>
        <source>{model} has no next-sentence head</source>
        <translation>{model} 不能判断一句话是否接在另一句之后</translation>
    </message>
</context>
<context>
    <name>times</name>
    <message>
        <source>a day ago</source>
        <translation>一天前</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>less than a day ago</source>
        <translation type="vanished">不到一天前</translation>
    </message>
    <message>
        <source>more than a year ago</source>
        <translation>一年多以前</translation>
    </message>
    <message>
        <source>{days} days ago</source>
        <translation>{days} 天前</translation>
    </message>
    <message>
        <source>{hours} h ago</source>
        <translation>{hours} 小时前</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>{minutes} 分钟前</translation>
    </message>
</context>
<context>
    <name>train</name>
    <message>
        <source>1 head</source>
        <translation>1 头</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 层</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Activations: dead fraction</source>
        <translation>激活值：死亡比例</translation>
    </message>
    <message>
        <source>Activations: mean</source>
        <translation>激活：均值</translation>
    </message>
    <message>
        <source>Activations: standard deviation</source>
        <translation>激活：标准差</translation>
    </message>
    <message>
        <source>Activations: {size}, {how}</source>
        <translation>激活值：{size}，{how}</translation>
    </message>
    <message>
        <source>All weights</source>
        <translation>全部权重</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最好</translation>
    </message>
    <message>
        <source>Chat: train on conversations</source>
        <translation>对话：用对话数据训练</translation>
    </message>
    <message>
        <source>Checking data…</source>
        <translation>正在查看数据…</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Classify pictures</source>
        <translation>图片分类</translation>
    </message>
    <message>
        <source>Classify texts</source>
        <translation>文本分类</translation>
    </message>
    <message>
        <source>Comma ,</source>
        <translation>逗号 ,</translation>
    </message>
    <message>
        <source>Computing the first step…</source>
        <translation>正在计算第一步…</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>正在统计…</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Eval loss</source>
        <translation>评估损失</translation>
    </message>
    <message>
        <source>Eval margin</source>
        <translation>评估间隔</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Evaluation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>Evaluation reward margin</source>
        <translation>评估奖励差</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>FLOPs</source>
        <translation>FLOPs</translation>
    </message>
    <message>
        <source>Grad norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Gradients: {size}, {how}</source>
        <translation>梯度：{size}，{how}</translation>
    </message>
    <message>
        <source>LR</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Language model (continue text)</source>
        <translation>语言模型（续写文本）</translation>
    </message>
    <message>
        <source>Last layer only</source>
        <translation>仅最后一层</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>LoRA adapters</source>
        <translation>适配器（LoRA）</translation>
    </message>
    <message>
        <source>LoRA rank</source>
        <translation>LoRA 秩</translation>
    </message>
    <message>
        <source>Loading PyTorch…</source>
        <translation>正在加载 PyTorch…</translation>
    </message>
    <message>
        <source>Loading libraries…</source>
        <translation>正在加载分词器…</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>Masked language model (fill masked words)</source>
        <translation>掩码语言模型（填充被遮盖的词）</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>训练方法</translation>
    </message>
    <message>
        <source>Micro F1</source>
        <translation>微平均 F1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Most confused with</source>
        <translation>最常被误认为</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Optimizer: {size}, {how}</source>
        <translation>优化器：{size}，{how}</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Pairs</source>
        <translation>句对</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Preference: train on chosen and rejected answers (DPO)</source>
        <translation>偏好：用选中和被拒绝的回答训练（DPO）</translation>
    </message>
    <message>
        <source>QLoRA adapters (base in 4 bits)</source>
        <translation>QLoRA 适配器（4 位基座）</translation>
    </message>
    <message>
        <source>Ranked right</source>
        <translation>排序正确</translation>
    </message>
    <message>
        <source>Reading the files…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Reward margin</source>
        <translation>奖励差</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Semicolon ;</source>
        <translation>分号 ;</translation>
    </message>
    <message>
        <source>Slash /</source>
        <translation>斜杠 /</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Starting its process…</source>
        <translation>正在启动进程…</translation>
    </message>
    <message>
        <source>Starting soon…</source>
        <translation>即将开始…</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Tag words (for example names of people and places)</source>
        <translation>文本：标注词语的模型，如人名和地名</translation>
    </message>
    <message>
        <source>The process itself: {size}, {how}</source>
        <translation>进程自身：{size}，{how}</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>Tokenizing…</source>
        <translation>分词中…</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Training a tokenizer…</source>
        <translation>正在训练分词器…</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Training pairs ranked right</source>
        <translation>训练中排序正确的对</translation>
    </message>
    <message>
        <source>Update ratio ‖Δw‖ ÷ ‖w‖</source>
        <translation>更新比例 ‖Δw‖ ÷ ‖w‖</translation>
    </message>
    <message>
        <source>Vertical bar |</source>
        <translation>竖线 |</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Weight norm</source>
        <translation>权重范数</translation>
    </message>
    <message>
        <source>Weights: {size}, {how}</source>
        <translation>权重：{size}，{how}</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词</translation>
    </message>
    <message>
        <source>a language model</source>
        <translation>能续写文本的模型</translation>
    </message>
    <message>
        <source>a masked language model</source>
        <translation>一个填补被遮盖词语的模型</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>约 {time}</translation>
    </message>
    <message>
        <source>after {amount}</source>
        <translation>{amount} 后</translation>
    </message>
    <message>
        <source>an encoder such as BERT</source>
        <translation>能阅读文本的模型，如 BERT</translation>
    </message>
    <message>
        <source>an image classifier</source>
        <translation>能识别图片的模型</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>bigram, smoothed</source>
        <translation>二元模型（平滑）</translation>
    </message>
    <message>
        <source>bundled</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>class frequencies</source>
        <translation>类别频率</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>computed from the shapes</source>
        <translation>按结构计算</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估算</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>forked from {run} at step {step}</source>
        <translation>分叉自 {run} 的第 {step} 步</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>no class</source>
        <translation>无类别</translation>
    </message>
    <message>
        <source>no preference</source>
        <translation>无偏好</translation>
    </message>
    <message>
        <source>no problems</source>
        <translation>无需修正</translation>
    </message>
    <message>
        <source>of the sweep {sweep}</source>
        <translation>属于扫描 {sweep}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>plain, no shortcuts</source>
        <translation>普通（无捷径）</translation>
    </message>
    <message>
        <source>preference</source>
        <translation>偏好</translation>
    </message>
    <message>
        <source>residual</source>
        <translation>残差</translation>
    </message>
    <message>
        <source>running</source>
        <translation>训练中</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>stories</source>
        <translation>故事</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>the second follows the first</source>
        <translation>后一段紧接前一段</translation>
    </message>
    <message>
        <source>the second is random</source>
        <translation>后一段来自别处</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>unigram</source>
        <translation>一元模型</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>words</source>
        <translation>词</translation>
    </message>
    <message>
        <source>written by {writer}</source>
        <translation>由 {writer} 写入</translation>
    </message>
    <message>
        <source>{amount} of training data</source>
        <translation>训练数据 {amount}</translation>
    </message>
    <message>
        <source>{count} heads</source>
        <translation>{count} 头</translation>
    </message>
    <message>
        <source>{count} layers</source>
        <translation>{count} 层</translation>
    </message>
    <message>
        <source>{examples}, {count} for evaluation</source>
        <translation>{examples}，{count} 个用于验证</translation>
    </message>
    <message>
        <source>{layers} layers, {kind}</source>
        <translation>{layers} 层，{kind}</translation>
    </message>
    <message>
        <source>{layers}, width {width}, {heads}</source>
        <translation>{layers}，宽度 {width}，{heads}</translation>
    </message>
    <message>
        <source>{loss} at step {step}</source>
        <translation>{loss}，第 {step} 步</translation>
    </message>
    <message>
        <source>{state} · next</source>
        <translation>{state} · 下一个</translation>
    </message>
    <message>
        <source>{state} · number {turn}</source>
        <translation>{state} · 第 {turn} 位</translation>
    </message>
    <message>
        <source>{state} · step {step}</source>
        <translation>{state} · 第 {step} 步</translation>
    </message>
    <message>
        <source>{state} · {steps} steps</source>
        <translation>{state} · 共 {steps} 步</translation>
    </message>
    <message>
        <source>{taken} of {budget}</source>
        <translation>{taken} / {budget}</translation>
    </message>
</context>
<context>
    <name>uses</name>
    <message>
        <source>Use in Chat</source>
        <translation>在“对话”中使用</translation>
    </message>
    <message>
        <source>Use in Images</source>
        <translation>在“图片”中使用</translation>
    </message>
    <message>
        <source>Use in Text</source>
        <translation>在“文本”中使用</translation>
    </message>
</context>
</TS>
