from lxml import etree, html

style = etree.XSLT(
    etree.XML(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><b><xsl:value-of select="/a/@c"/></b></xsl:template>'
        "</xsl:stylesheet>"
    )
)
assert str(style(etree.XML('<a c="12"/>'))).endswith("<b>12</b>\n")
assert html.fromstring("<p>one<p>two").xpath("count(//p)") == 2
