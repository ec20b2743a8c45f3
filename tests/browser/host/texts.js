window.omniSupport = { texts: { launcher: "Suporte", greeting: "Oi, pessoa!", nothing: "nada", send: 7 } };
