"""Personal data is masked, and nothing that a trainer needs to read."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from assistant.knowledge import load_knowledge
from assistant.settings import ROOT
from assistant.text import fold
from trainer.phrases import read_phrases
from trainer.review.masking import mask, mask_example, words

# What was written, and what is shown; the first part of a pair stands on the left.
MASKED = """
meu cpf é 123.456.789-09 e não entra | meu cpf é [CPF] e não entra
CPF: 12345678909 | CPF: [CPF]
cpf 123 456 789 09 | cpf [CPF]
o documento 529.982.247-25 sumiu | o documento [CPF] sumiu
CNPJ 12.345.678/0001-95 | CNPJ [CNPJ]
cnpj 12345678000195 sem licença | cnpj [CNPJ] sem licença
o novo CNPJ é 12.ABC.345/01DE-35 | o novo CNPJ é [CNPJ]
cnpj 12abc34501de35 | cnpj [CNPJ]
me ligue no (11) 98765-4321 | me ligue no [telefone]
whats 11987654321 | whats [telefone]
tel 11 3456-7890 ou 3456-7890 | tel [telefone] ou [telefone]
+55 (21) 99876-5432 | [telefone]
+55 21 998765432 | [telefone]
055 11 91234 5678 por favor | [telefone] por favor
protocolo 2024-0981 | protocolo [número]
aberto com 2024-0981 | aberto com [número]
tudo de @fornecedor.com.br | tudo de [e-mail]
aqui é a Heloísa da Fundação Prevalto | aqui é a [nome] da Fundação Prevalto
liguei no 0800 123 4567 | liguei no [telefone]
meu celular 9 8765-4321 | meu celular [telefone]
+351 912 345 678 | [telefone]
escrevam para joao.silva+crm@empresa.com.br | escrevam para [e-mail]
o e-mail é MARIA@EMPRESA.COM | o e-mail é [e-mail]
cep 01310-100 | cep [CEP]
CEP 01310100 | CEP [CEP]
mora no 01.310-100 | mora no [CEP]
cartão 4111 1111 1111 1111 | cartão [cartão]
paguei com 4111-1111-1111-1111 | paguei com [cartão]
amex 3782 822463 10005 | amex [cartão]
número 4111111111111111 | número [número]
placa ABC1D23 | placa [placa]
a placa é abc1234 | a placa é [placa]
o carro ABC-1234 | o carro [placa]
protocolo 2024112200123 | protocolo [número]
protocolo nº 4521 | protocolo nº [número]
chamado #12345 aberto | chamado #[número] aberto
o ticket é 998877 | o ticket é [número]
rg 12.345.678-9 | rg [número]
RG: 12.345.678-X | RG: [número]
matrícula 00451-2 | matrícula [número]
PRT20241122001 | PRT[número]
processo 0001234-56.2024.8.26.0100 | processo [número]
id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 | id [número]
1 2 3 4 5 6 7 8 9 0 9 | [número]
https://crm.cliente.com.br/tela?token=abc&cpf=1 não abre | [link] não abre
veja www.site.com/x?id=5 | veja [link]
http://fulano:senha1@host/x | [link]
senha: Abc@123 | senha: [senha]
senha: gatinho | senha: [senha]
minha senha é omni2024! | minha senha é [senha]
login: maria.souza | login: [nome]
o usuário joao.pereira não entra | o usuário [nome] não entra
nascida em 12/05/1980 | nascida em [data]
data de nascimento: 01-02-90 | data de nascimento: [data]
o IP 192.168.0.15 foi bloqueado | o IP [endereço IP] foi bloqueado
aqui é a Maria Silva, o chat parou | aqui é a [nome], o chat parou
aqui é o joão do financeiro | aqui é o [nome] do financeiro
AQUI É A MARIA DA SILVA NÃO CONSIGO ENTRAR | AQUI É A [nome] NÃO CONSIGO ENTRAR
meu nome é thayná e o chat parou | meu nome é [nome] e o chat parou
me chamo Zuleide Prates | me chamo [nome]
sou a Ana Paula e não recebo e-mails | sou a [nome] e não recebo e-mails
eu sou Wladimir, da filial | eu sou [nome], da filial
falei com o Sr. Ramires ontem | falei com o Sr. [nome] ontem
passei para a dra. Keila Prates | passei para a dra. [nome]
com o senhor Valdomiro | com o senhor [nome]
a dona Maria José pediu | a dona [nome] pediu
o seu João não consegue | o seu [nome] não consegue
falei com a Maria e a Joana | falei com a [nome] e a [nome]
o chamado do Carlos Eduardo de Souza Lima sumiu | o chamado do [nome] sumiu
a atendente joana saiu da fila | a atendente [nome] saiu da fila
o usuário MARCOS SOUZA não vê o menu | o usuário [nome] não vê o menu
Bom dia, Priscila! não abre | Bom dia, [nome]! não abre
Olá Wandréia, tudo certo | Olá [nome], tudo certo
não abre. att, Fulano de Tal | não abre. att, [nome]
Obrigado, Paulo | Obrigado, [nome]
obrigada, paula | obrigada, [nome]
Atenciosamente, Keila M. | Atenciosamente, [nome] M.
Nome: Raimundo Nonato | Nome: [nome]
"""

# What a trainer needs to see.
KEPT = """
erro 500 e 502 há 30 dias na fila 12
erro 0x80070005 e código 10060
status 404 no chat, HTTP 503
550 5.7.1 relay denied
erro 550-5.7.1 no envio
ORA-0942 ao abrir o painel
o relatório de 01/11/2026 a 30/11/2026 não chega
de 2026-11-01 até 2026-11-30, das 08:00 às 18:30
entre 2024-2025 e 2023/2024
atendimento 24/7 de seg-sex, 1/3 das mensagens
mais de 1.234.567 registros, R$ 1.500.000,00
versão 10.2.1.4 no Windows 10.0.19045.3693
Office 365, fila 12, ramal 21, 3 licenças
os 2024 e-mails sumiram desde 15/10
os anexos de 25 MB (25.000 KB) não vão
não é a senha: o cliente abre o chat
minha senha é inválida e a senha é obrigatória
a senha expirou, o token é rejeitado
obrigada pela ajuda
Obrigado, equipe
obrigado. Não consigo acessar
Bom dia, Pessoal, tudo bem?
Boa tarde, Suporte
aqui é a tela de e-mail, aqui é o administrador
sou administrador e sou do financeiro
falei com o suporte e com o Gerente
sou Supervisora da fila
o cliente Final não recebe
o Follow-up não é gerado no Omni CRM
a filial de São Paulo e a de Santa Maria não entram
Regras > Distribuição > Fila de Atendimento
Não encontrei o menu Administrador > E-mail > Contas
o TMA é 4,3333333 e 98,7% do CSAT
Bom dia. Cadastramos, em 03/06, uma regra
Máximo de caracteres, Marco a opção e nada
https://wiki.exemplo.com/pagina
o seu e-mail caiu, o seu Omni parou
"""


def pairs() -> list[tuple[str, str]]:
    return [tuple(line.split(" | ")) for line in MASKED.strip().splitlines()]  # type: ignore[misc]


@pytest.mark.parametrize(("written", "shown"), pairs())
def test_it_is_masked(written, shown):
    assert mask(written) == shown
    assert mask(shown) == shown


@pytest.mark.parametrize("written", KEPT.strip().splitlines())
def test_it_is_kept(written):
    assert mask(written) == written
    assert mask_example(written) == written


def test_a_signature_on_lines_of_its_own():
    text = "não abre o chat\n\nAtenciosamente,\nCarlos Prates\nCoordenador\n(11) 3456-7890"
    assert mask(text) == "não abre o chat\n\nAtenciosamente,\n[nome]\nCoordenador\n[telefone]"


@pytest.mark.parametrize(
    ("written", "example"),
    [
        ("aqui é a Maria, cpf 529.982.247-25", "aqui é a Fulana, cpf 000.000.000-00"),
        ("falei com o João\n\nno (11) 98765-4321", "falei com o Fulano no (00) 90000-0000"),
        ("mande a a@b.com  ", "mande a nome@exemplo.com.br"),
        ("erro [x](y) {z}", "erro (x)(y) (z)"),
        ("protocolo 20241122001", "protocolo 0000000"),
    ],
)
def test_an_example_reads_like_the_real_thing(written, example):
    assert mask_example(written) == example


@pytest.mark.parametrize("written", [written for written, _ in pairs()])
def test_no_example_keeps_what_was_masked(written):
    """Whatever the review hides is not in the example either."""
    example = mask_example(written)
    digits = "".join(c for c in written if c.isdigit())
    assert not (len(digits) > 6 and digits in "".join(c for c in example if c.isdigit()))
    assert "[" not in example


def test_the_words_of_the_product_survive():
    """Thousands of our own phrases: what is masked in them is no word of a title or a menu."""
    situations = load_knowledge(ROOT / "knowledge").situations.values()
    told = [t for s in situations for c in s.checks for t in (s.title, c.title, *c.menu)]
    product = {word for text in told for word in fold(text).split() if len(word) > 2}
    phrases = [text for _, text in read_phrases(ROOT / "data")]
    assert len(phrases) > 10_000 and len(product) > 100
    lost = Counter(w for text in phrases for w in words_lost(text) if w in product)
    assert set(lost) <= {"dias"}, lost  # a surname, too


def words_lost(text: str) -> set[str]:
    """Words, other than those of addresses, that are gone."""
    plain = re.sub(r"\S*[@/]\S*", "", text)
    return set(fold(plain).split()) - set(fold(mask(plain)).split())


def test_every_kind_has_both_placeholders():
    found = words()
    assert found.shown.keys() == found.example.keys() and found.erased
    assert len(found.names.first) > 300 and not found.names.first & found.names.never


LONG = ["", " ", "a" * 4000, "1" * 4000, "1-" * 2000, "1.1 " * 1000, "@" * 4000, "é Ana " * 700]


@pytest.mark.parametrize("text", LONG)
def test_odd_texts_are_no_more_work_than_twenty_usual_ones(text):
    usual = ("bom dia, o chat parou de distribuir desde ontem " * 90)[:4000]
    mask(usual)  # loads the names
    assert work(text) < 20 * work(usual)


def work(text: str) -> float:
    """Return the time on the processor, in seconds, of the quickest of three."""
    took = []
    for _ in range(3):
        start = time.process_time()
        mask(text)
        took.append(time.process_time() - start)
    return min(took)
