/* SPDX-License-Identifier: MIT */
/*
 * dkim_keys.h - keys for the tests of DKIM, in base64. All were made for this project
 * and guard nothing; the ones that are no keys at all were put together from numbers.
 */
#ifndef TESTS_UNIT_DKIM_KEYS_H
#define TESTS_UNIT_DKIM_KEYS_H

/* clang-format off */
/* SubjectPublicKeyInfo */
#define RSA_2048 \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPU" \
    "nxY5DbBzRbrGsVU+X8wrglJ5mATTSgImIleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppe" \
    "CDaDTlsNDZwOn9cV7zQXJFKwew3g8lLxdEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLI" \
    "VLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL" \
    "2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGilPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwv" \
    "QrYlXwIDAQAB"
/* the same key as bare RSAPublicKey */
#define RSA_2048_PKCS1 \
    "MIIBCgKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIDAQAB"
#define RSA_1024 \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCfRHmdwpqfuRksOsxZWFh2YOa2GSMP4+weglQf" \
    "Uazu35b571/T7oq6Zq+T3PpY+PUfIW5ysqFdW5+nV4xDnZsQgeVHXHTs+4uPjoQt+J8mjXW0lOi4" \
    "fiRdksCht38RsNhc5v4HywvadRO/96eixi/g+Vz7LDqK7yWXBA59kCN2pQIDAQAB"
#define RSA_1023 \
    "MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgE1PPya1dYv5Sm8fqAetpVDCg6sBcd/4TQ32iU+I" \
    "j8CTaT8WwqrwDTnd2AefKGVPAImMGjgZFOMi9TpB1fVzlaGm4I7gBjTbnej00ifNAgmGZ8rAvGPL" \
    "Gvvevf9CMkLdTAcMGaBhYn6oCWu5EG8gLg/rQLdoudekRPWwTSgoX4O/AgMBAAE="
#define RSA_512 \
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAJZVqHR3TNC+VU2HYZX7a8Bj7RVZTi86O7omwyHJRCf4" \
    "lIxmYJ9ZZlHkDYIqeT/sq2ULWRDpD71Zr/8VZB7WaXsCAwEAAQ=="
#define RSA_2047 \
    "MIIBITANBgkqhkiG9w0BAQEFAAOCAQ4AMIIBCQKCAQBTrAtIBK0aM326aQlCyecu3b6qlX+jwHj4" \
    "BZzQ8PiqBH1zWK+pZBL2YcjGVfJWNzrymVttr979+bE2EerpGWZ/G5vZxJ98NmnG0/EjcIttjAdh" \
    "Ha8vgMtbCM3OON1URyB2+tdluG+9hKWdUMbUuN+FmC9fsEf83xjlu9NGMr1FgLlrG/MYfLmWzGkd" \
    "1EfjumdnqxWlvtXIv4v9R0GWcU5xVIXZmSKWkUaxDYInCWITIQQWg/ZLo0KnqQPAHrxrTGvSGWGi" \
    "quvg6Tb8UE0jasPTVEcscnVYGjNyH4xgITrW8Xr1PzUJLCsZ3SQNlv4uJQtE+qw2Wo04wJp3DCbN" \
    "3TzbAgMBAAE="
#define RSA_4096 \
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAsLO2zwBhXTgAtnmJpgq/wN7QZ5Csyb+i" \
    "pgMLbej7PoSWauZ/bX81K/MgCxgk19Y8l9HDvVmHSjJSetMxZm+0c+mJEQr2I6rd/sBFggYVn0xg" \
    "w4M7o+3lpAJvAOf7kmhMiNZxEDWwpRT7OANJzySzyHUcliTJhuuAAStS1ABat3qaBS2QzrhEUoCh" \
    "xFGGS+bC87UcnRtLHa4IK0sLvixOvoO6CZMgPnq5RvHXfFLUnTbCR+ko/T2xgX19AiXEa+t1Ng6o" \
    "SMTkcJQjHPfxhZBrWn918zAe1Ubw4vSt7RETC2bSlrasyDHBT+1jgdK5C95G7x5c/NLMHKIhVrbM" \
    "eXqjaIklRQGQs2c1ky4rR1q4OHGdm7oqbM1HogucBUUbw3KdhVBgs3og838FokO7S3yfGNnL8i0l" \
    "wNvgEVyoH3/1EG10my2+X2E8Ym1NIe54Lqkrr8NUzxbeUWpCbnPpINSIS0bmorDRYRsC42I92C3Y" \
    "RhOoVxjVvCcWveecXjmqvWjrarjLKTA2q2ZRsDWA90ENFW0+dgHoU5zBN0rlUSv/XU+WhhhlzezM" \
    "ROpmDYmraeJbAzkQ5PepUI82phFfUJOWwJMk3wKx4OqYTqAtLc37rLqSsig8rigFSVjzyS6HHASE" \
    "AMDbSm+Tr0gpv1dxVxtUroF0fGdQ8C1MstVMTXk5mtkCAwEAAQ=="
#define RSA_4104 \
    "MIICIzANBgkqhkiG9w0BAQEFAAOCAhAAMIICCwKCAgIAlFDbuT+dBrCLlaIkB0pC6H6kvHGc+5aZ" \
    "IWKfIQEO+61wc7oO2Xw+uRmsYznnrqxOi3CisXwKBr+bDj7G7YF3xmqd5oKSammw2ojDDcD4ZSDd" \
    "OI7fUBwhyczf4UaXXbt3gG3bkaB/h+riqDqBTE3PskkOF21qnJzpKm0/nch/6TBclLKfiS44AQmF" \
    "Wexu3XQlwMArHb3UQIYXwUhsc4BpFLIE4mP/3rvj5uw+Vd8JTSk0cHppYl/mbV8vmLaynmhsox7/" \
    "9cpkI5DgqpEHXti+poiHnmLwd6pAiCVAEuY3EAiv1MUjtA0K/p+5UVlV7zlYZKWOx5LoVUvkGCsZ" \
    "Fi/9xoXrWs39Su3uQMs/koeQ8P6DWa5UkgdqLj/htetE9neLwaLWx51Fn3c1W/y2KszgKhxJFXqF" \
    "qISOokGOYRyCJxNxMGGZHO/j43Bn7PuiMWBffunVIGbjp+2NMyjOhycDmNseT7VeYs0MY4l0qEXK" \
    "Hj3RIDeXJM/WKN2HQdVdlEb9G+eKcU1bBFEYuoYlVJPfe7r28SVT/EYrmRWwaP2ANU2tnyGD01CU" \
    "Rzk8/HtSxtzlCeaBdxT318bgDol3Z+nNrTJSSt932hYj1TnfgwTHTVYqBXDU5EvmVAYEAErv+vG0" \
    "miAu7JdpebmXwo+jSYmKiIrsvsraO/636yphV1ljGIl5AgMBAAE="
/* n = k M + 65537^a mod M, with M the product of the primes up to 167: it bears the mark, and nobody knows factors of it */
#define RSA_ROCA \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzY2KokVKklZr4XNLSpQHC9qfJApIu+hN" \
    "7AvwUz5tELzkIn4LDnfX/9/ETR3jqWS3IOVRWBUkRq9cn+jbgMj3NjdGbij78JiGeDgtDRq1hgz8" \
    "XwD0UovW2BovJ/WQCzxw9Kbfpy3aVzKBTUw+f5bmzl2Elk3IDtVfZIlvncOioNREWPvrlkNQ0cD2" \
    "l92kedUol56mKRXh+sqDp2bWXBs1qWnmRVKL14SHElqHdsyWjwShBywYnriMjZshSxkvm8ZeUpot" \
    "mN9Dm+SNGm4GyVyKmm4RVn4diEHxBD1+a0NI6/CXmG33a8ZO4X+BflhU/Q7tFvkNgasFVFLF5gVA" \
    "rdV8VwIDAQAB"
#define RSA_EXPONENT_1 \
    "MIIBCAKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIBAQ=="
#define RSA_EXPONENT_3 \
    "MIIBCAKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIBAw=="
#define RSA_EXPONENT_0 \
    "MIIBCAKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIBAA=="
#define RSA_EXPONENT_EVEN \
    "MIIBCgKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIDAQAA"
/* 33 bits */
#define RSA_EXPONENT_LARGE \
    "MIIBDAKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIFAQAAAA8="
/* 31 bits */
#define RSA_EXPONENT_31 \
    "MIIBCwKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwIEf////w=="
/* e = n */
#define RSA_EXPONENT_N \
    "MIICCgKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXwKCAQEAxHVoKWGZyanwwXEIhONi" \
    "RxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgImIleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bw" \
    "o6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLxdEEZW41EP/0AL0YPGZekUHWkRe24jLAS" \
    "Jn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsU" \
    "zUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGilPWs/KWGdLXptnulZXeFdc0Xi0TjtwVY" \
    "VQ1oPpvBsZwvQrYlXw=="
/* n - 1 in place of n */
#define RSA_EVEN \
    "MIIBCgKCAQEAxHVoKWGZyanwwXEIhONiRxMeyzEE0zPUnxY5DbBzRbrGsVU+X8wrglJ5mATTSgIm" \
    "IleXUbyxDH2ytTE7U9VvFFmJ7rP9I4Bwo6RSPgrxgppeCDaDTlsNDZwOn9cV7zQXJFKwew3g8lLx" \
    "dEEZW41EP/0AL0YPGZekUHWkRe24jLASJn7WbzxYHwLIVLEcZ1Jq7lXuXPMeM1JDgvMlzHwa3Bd9" \
    "Nr9KRC28ABKOD6knuIiAyF0sDKP5RgsUzUfW+urhYglL2UOw5DRYd9S6dP/WBR8rc/IybuE2YMGi" \
    "lPWs/KWGdLXptnulZXeFdc0Xi0TjtwVYVQ1oPpvBsZwvQrYlXgIDAQAB"
/* a random number times 167 */
#define RSA_FACTOR_167 \
    "MIIBCgKCAQEA3Kx2jC0mLXPMd6BcBa1VM3q/ecyTPGCTTiB86rjL2oDTrjzV6YcYqTM82ixA/xpR" \
    "EPeXjYDp2OzoAUSVBCkmY3NkvTYqKo/Z/p6VPwfV3GSaM5Gd9f7wW7kahcAJqfyt1PxOB6vrA1z4" \
    "3MqLdNmERzSjhcvWjKtgm9rep2sg8OzgDuBkT63KKLXhfC/9d5aEPa25yphRgqkhySvPb8zkDMig" \
    "MHuM86V7IZXnjAOOlZz3y49lYBsb1optN7dUUBTNX9DDHOKFVFoR/qTp6i07s9dHEewZI7H1PRrx" \
    "HAPhmgvbuldSMKxb07W3uvTgy1nIeLHmsoZHA0wUVAi6VKUIJwIDAQAB"
/* two primes that follow each other */
#define RSA_CLOSE \
    "MIIBCgKCAQEAsFsZYF+Mm6dn790WbIb2ocVNx01WID+0MDL92Hyr6rwkxKV4tSKxIQXApJsv+E5y" \
    "WuHc6xmpH5axzWwAwClaxT2iadPgQyzYURKcOXuKmTDpKNn1TZhZMiWlkKrRRxl2cJeLq/b7i98S" \
    "8gm12D5uoYfaRMLy20kFlYG1Kes+RP/frbx9QheVRGQsJlwg+8vIthm4fmLt7mVyQIOTxAne9Tn4" \
    "bzXRXDeQFLw8XTwGReX+njpkPiaqKQV22NmeB8M9c5SXV3ch7Vt/Ybs662Z2+pHvNsY7Nx0cFCFG" \
    "zZGOzlyDfJGbEvH+/OC3RcltGDcWeWAkMuSAk7921U+l8vasTQIDAQAB"
/* the square of a prime */
#define RSA_SQUARE \
    "MIIBCgKCAQEAsFsZYF+Mm6dn790WbIb2ocVNx01WID+0MDL92Hyr6rwkxKV4tSKxIQXApJsv+E5y" \
    "WuHc6xmpH5axzWwAwClaxT2iadPgQyzYURKcOXuKmTDpKNn1TZhZMiWlkKrRRxl2cJeLq/b7i98S" \
    "8gm12D5uoYfaRMLy20kFlYG1Kes+QNYpU5LyN7sh1Lf5PetX6j2f2OR232Z6D4IEmZ1hGeuXcKeC" \
    "j9E6uuMljAnrSurmxbfuXR6CzCJB0qsIY/V4GiNgjsYc+9Xta95iLTXzngKoNN3GWs8sFXwnzo+U" \
    "XgCWrxEFeR4POBOHYoEg1FzhC9H3tGluQIsgHI10HexRAYiHMQIDAQAB"
/* Fermat's method needs 9 rounds */
#define RSA_CLOSE_LATER \
    "MIIBCgKCAQEAsFsZYF+Mm6dn790WbIb2ocVNx01WID+0MDL92Hyr6rwkxKV4tSKxIQXApJsv+E5y" \
    "WuHc6xmpH5axzWwAwClay0o+4JFlpmxR9LxpYo/fJl1Ueba754BfKjUX8wChkdFbxF05M8/Bjsuw" \
    "RvAViOXrPeWIQcGbheXa5j80dALIehR1EO65/GXvip4Witiy81YQfLYw2uOVukTSz8ycqq19ewjE" \
    "S/TlJMrruSGxR1RDh3TeuOu2ydcWIKhT+71DUDyHfDRTe6JJpQpoD6OH6LSTxH6XlINBH2t28YaK" \
    "75NbUqU7ZBYq21UgUe5YB2e63twcgTLy+dF6ObIQFkoEkrk9NwIDAQAB"
/* Fermat's method needs some 200 rounds */
#define RSA_NOT_SO_CLOSE \
    "MIIBCgKCAQEAsFsZYF+Mm6dn790WbIb2ocVNx01WID+0MDL92Hyr6rwkxKV4tSKxIQXApJsv+E5y" \
    "WuHc6xmpH5axzWwAwCla43ywu4d7M2o4g2OeBuExWw8BvSnWTyB3CnLhfFfivLDxE3PvUzLZmn4l" \
    "momUS4Pdr1xANbw+MFkwKTUxnGDxSIbXohFisxzgzIH+QG7OUdgQPX025ClrHUWRopslCJmcNuDt" \
    "s4mIYQgaFJM0BbWUeRk8PQravpKNq56h4lZwrY8J1dLfJoNWpF1BQ7rkZyRdJCSfrsSP9aw18cpo" \
    "oL04zljI4JO1Xr07EaxQ6jloJibi7KDSZv2tnoJxRNv0DmZFUwIDAQAB"
/* the bare 32 bytes: 44 characters */
#define ED25519 \
    "dKTkkNgQ+pdp67HNHZHhoIpcE4I8dbTChiv/FpODqRU="
#define ED25519_SPKI \
    "MCowBQYDK2VwAyEAdKTkkNgQ+pdp67HNHZHhoIpcE4I8dbTChiv/FpODqRU="
#define EC_P256 \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaF5j3oJQpPSt527PH0V6f+jP5LpAb0XlilYArv73" \
    "fHdOPfvmTeAsDB67MwALtvFitsXJ5arwIFSDrF0o8RV/TA=="
/* RSAPrivateKey of 512 bits */
#define PRIVATE_PKCS1 \
    "MIIBOgIBAAJBANBs2fhzvTNJyscD8JWBrwUxAf2PTLebcKgRQL3Gv1WgdzLRzZSqK+/xQRpnxkHb" \
    "aMQClHBRbEpLHIWi6pvWds8CAwEAAQJAQo9QeKB1fmiFYlLmxMf6XZ0N9qyJomT4cCO6WiCbP7uA" \
    "ZfAk56Xu8VNTOxFCswJx3BTL6zBz27opf+jdtjtisQIhAOtfXi75DTJ2S5HiQJItY74/GmQTWYXQ" \
    "H+O3S0q951EJAiEA4rDqH5t356NUe5WAHpXXfepcrDLJ2MzCBn7hPLoLdxcCIA57+u7HEsHVN8dN" \
    "dg3Iz0eI2JXp/utWKHA5+l8qGo8JAiEAhM3UOzQfaMrc4ZHR/xkVp6S3KgKPEb3TJW8LkUIFGX0C" \
    "IGi0H9XLXTUkjKc+IumXQZA8ybNEhMPwUCRlARQuOFK/"
/* PrivateKeyInfo of 512 bits */
#define PRIVATE_PKCS8 \
    "MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEA0GzZ+HO9M0nKxwPwlYGvBTEB/Y9M" \
    "t5twqBFAvca/VaB3MtHNlKor7/FBGmfGQdtoxAKUcFFsSkschaLqm9Z2zwIDAQABAkBCj1B4oHV+" \
    "aIViUubEx/pdnQ32rImiZPhwI7paIJs/u4Bl8CTnpe7xU1M7EUKzAnHcFMvrMHPbuil/6N22O2Kx" \
    "AiEA619eLvkNMnZLkeJAki1jvj8aZBNZhdAf47dLSr3nUQkCIQDisOofm3fno1R7lYAeldd96lys" \
    "MsnYzMIGfuE8ugt3FwIgDnv67scSwdU3x012DcjPR4jYlen+61YocDn6XyoajwkCIQCEzdQ7NB9o" \
    "ytzhkdH/GRWnpLcqAo8RvdMlbwuRQgUZfQIgaLQf1ctdNSSMpz4i6ZdBkDzJs0SEw/BQJGUBFC44" \
    "Ur8="
/* clang-format on */

#endif
